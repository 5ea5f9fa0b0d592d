//! Videos of which nearly every byte is a video frame.

use tonearm_e2e::app::Setup;
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::jobs::id;
use tonearm_e2e::media::{H264_AAC, Recipe, cached, ffmpeg};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::wait;

/// Three seconds of video at about 50 Mbit/s, interleaved with audio by ffmpeg: names
/// and arguments.
fn videos() -> [(&'static str, Vec<&'static str>); 6] {
    let with = |video: &[&'static str], more: &[&'static str]| {
        [video, &["-b:v", "50M", "-c:a", "aac", "-b:a", "192k"], more].concat()
    };
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"];
    [
        ("index-at-the-end.mp4", with(&h264, &[])),
        (
            "index-in-front.mp4",
            with(&h264, &["-movflags", "+faststart"]),
        ),
        ("prores.mov", with(&["-c:v", "prores_ks"], &[])),
        ("video.mkv", with(&h264, &[])),
        ("video.avi", with(&h264, &["-c:a", "libmp3lame"])),
        ("video.flv", with(&h264, &["-ar", "44100"])),
    ]
}

#[test]
fn little_more_than_the_audio_of_a_video_is_read() {
    // Files in Redis, which counts the bytes it sends.
    let app = Setup::new().split().start();
    let ada = app.user("ada");
    for (name, output) in videos() {
        let noise = "testsrc2=size=640x360:rate=25:duration=3,noise=alls=100:allf=t";
        let audio = Recipe {
            name: "audio.flac",
            seconds: 3,
            video: false,
            output: &["-c:a", "flac"],
            ..H264_AAC
        };
        let audio = audio.make();
        let audio_path = audio.path.to_str().unwrap();
        let input = ["-f", "lavfi", "-i", noise, "-i", audio_path];
        let arguments = [&input[..], &output].concat();
        let video = cached(name, &arguments, |file| ffmpeg(&arguments, file));
        let bytes = video.metadata().unwrap().len();
        assert!(bytes > 10_000_000, "{name} has {bytes} bytes");

        let before = app.redis.bytes_sent();
        let fid = id(&ada.upload_file(&video)).to_owned();
        let job = ada.ended_job(&fid);
        let read = app.redis.bytes_sent() - before;
        assert_eq!(job["state"], "done", "{name}: {job:#}");
        println!("{name}: {read} of {bytes} bytes");
        assert!(
            read * 10 < bytes,
            "{name}: {read} of {bytes} bytes were read"
        );
        if name.ends_with(".mp4") {
            assert_same(&Decoded::of(&ada.download(&fid).body), &audio);
        }
        ada.delete(&format!("/jobs/{fid}"));
        wait::until(&format!("the files of {name} to be deleted"), || {
            app.stored().blobs_of(&fid).is_empty().then_some(())
        });
    }
}
