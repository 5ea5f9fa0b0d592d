//! Films of which nearly all is picture.

use tonearm_e2e::app::Setup;
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::jobs::id;
use tonearm_e2e::media::{H264_AAC, Recipe, cached, ffmpeg};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::wait;

/// Three seconds of pictures at some 50 Mbit/s, with sound between any two of them, as
/// ffmpeg arranges it.
fn films() -> [(&'static str, Vec<&'static str>); 6] {
    let with = |picture: &[&'static str], more: &[&'static str]| {
        [
            picture,
            &["-b:v", "50M", "-c:a", "aac", "-b:a", "192k"],
            more,
        ]
        .concat()
    };
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"];
    [
        ("index-at-the-end.mp4", with(&h264, &[])),
        (
            "index-in-front.mp4",
            with(&h264, &["-movflags", "+faststart"]),
        ),
        ("prores.mov", with(&["-c:v", "prores_ks"], &[])),
        ("film.mkv", with(&h264, &[])),
        ("film.avi", with(&h264, &["-c:a", "libmp3lame"])),
        ("film.flv", with(&h264, &["-ar", "44100"])),
    ]
}

#[test]
fn of_a_film_of_pictures_little_more_than_its_sound_is_read() {
    // Files in Redis, which counts what it gives.
    let app = Setup::new().split().start();
    let ada = app.user("ada");
    for (name, output) in films() {
        let noise = "testsrc2=size=640x360:rate=25:duration=3,noise=alls=100:allf=t";
        let sound = Recipe {
            name: "sound.flac",
            seconds: 3,
            video: false,
            output: &["-c:a", "flac"],
            ..H264_AAC
        };
        let sound = sound.make();
        let sound_path = sound.path.to_str().unwrap();
        let input = ["-f", "lavfi", "-i", noise, "-i", sound_path];
        let film = [&input[..], &output].concat();
        let film = cached(name, &film, |file| ffmpeg(&film, file));
        let bytes = film.metadata().unwrap().len();
        assert!(bytes > 10_000_000, "{name} has {bytes} bytes");

        let before = app.redis.bytes_sent();
        let fid = id(&ada.upload_file(&film)).to_owned();
        let job = ada.ended_job(&fid);
        let read = app.redis.bytes_sent() - before;
        assert_eq!(job["state"], "done", "{name}: {job:#}");
        println!("{name}: {read} of {bytes} bytes");
        assert!(
            read * 10 < bytes,
            "{name}: {read} of {bytes} bytes were read"
        );
        if name.ends_with(".mp4") {
            assert_same(&Decoded::of(&ada.download(&fid).body), &sound);
        }
        ada.delete(&format!("/jobs/{fid}"));
        wait::until(&format!("nothing of {name} to be left"), || {
            app.stored().blobs_of(&fid).is_empty().then_some(())
        });
    }
}
