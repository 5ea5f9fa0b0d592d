//! The effect of an upload's options on the MP3.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media::{self, H264_AAC, Recipe, ffmpeg};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::tone::level;

#[test]
fn each_option_has_its_effect() {
    let app = TestApp::start();
    let ada = app.user("ada");
    every_option_changes_the_mp3(&ada);
    a_bitrate_too_high_for_a_low_sample_rate_is_reduced(&ada);
    a_part_after_the_end_fails_for_good_with_a_reason(&ada);
    tags_come_from_the_source_unless_requested(&ada);
    mp3_audio_is_copied_bit_by_bit(&ada);
    // The files are shorter than a segment.
    normalized_files_are_equally_loud(&ada);
}

#[test]
fn normalized_files_are_equally_loud_when_split_into_segments() {
    let app = Setup::new().variable("segment_seconds", 5).start();
    normalized_files_are_equally_loud(&app.user("ada"));
}

fn normalized_files_are_equally_loud(ada: &Client) {
    let folder = TempDir::new().unwrap();
    let noise = |name: &str, volume: &str| {
        let file = folder.path().join(name);
        let noise = format!("anoisesrc=d=30:c=pink:r=44100:a=0.5:seed=7,volume={volume}");
        ffmpeg(&["-f", "lavfi", "-i", &noise, "-ac", "2"], &file);
        file
    };
    let (quiet, loud) = (noise("quiet.wav", "0.02"), noise("loud.wav", "1"));
    let measure = |mp3: &[u8]| {
        let report = ffmpeg_report(mp3, "ebur128=peak=true:framelog=verbose");
        let after = |label: &str| -> f64 {
            let summary = report.rsplit_once("Summary:").unwrap().1;
            let rest = summary.split_once(label).unwrap().1;
            rest.split_whitespace().next().unwrap().parse().unwrap()
        };
        (after("I:"), after("Peak:"))
    };
    for file in [&quiet, &loud] {
        let (loudness, peak) = measure(&convert(ada, file, &[("normalize", "true")]));
        assert!((loudness + 16.0).abs() < 0.3, "{file:?}: {loudness} LUFS");
        assert!(peak < -0.5, "{file:?}: {peak} dBTP");
    }
    let (loudness, _) = measure(&convert(ada, &quiet, &[]));
    assert!(loudness < -30.0, "not normalized: {loudness} LUFS");
}

fn every_option_changes_the_mp3(ada: &Client) {
    let clip = media::mp4();
    let with = |options: &[(&str, &str)]| convert(ada, &clip.path, options);
    let plain = with(&[]);
    assert_eq!(with(&[]), plain, "the same options, the same bytes");

    // Bitrate and effort.
    let (best, smallest) = (with(&[("quality", "0")]), with(&[("quality", "9")]));
    assert!(
        best.len() > 2 * smallest.len(),
        "{} {}",
        best.len(),
        smallest.len()
    );
    let constant = Decoded::of(&with(&[("bitrate", "64")]));
    let xing = constant.xing.unwrap();
    assert!(!xing.variable_bitrate);
    let rate = f64::from(xing.bytes.unwrap()) * 8.0 / (constant.frames as f64 * 1152.0 / 48_000.0);
    assert!((rate - 64_000.0).abs() < 2_000.0, "{rate} bit/s");
    assert_ne!(with(&[("effort", "2")]), plain);
    assert_eq!(with(&[("quality", "1"), ("effort", "7")]), plain);

    // One channel with the mean of both.
    let mono = Decoded::of(&with(&[("mono", "true")]));
    assert_eq!(mono.channels.len(), 1);
    let samples = mono.trimmed()[0];
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    for tone in &clip.tones {
        let measured = level(middle, mono.rate, tone.hertz);
        assert!(
            (measured - (tone.dbfs - 6.02)).abs() < 0.5,
            "{tone:?}: {measured}"
        );
    }

    // A part, exact to the sample.
    for (options, samples) in [
        (&[("start", "1"), ("end", "0:02.5")][..], 72_000),
        (&[("start", "2.25")], 36_000),
        (&[("end", "0.5")], 24_000),
    ] {
        let part = Decoded::of(&with(options));
        assert_eq!(part.trimmed()[0].len(), samples, "{options:?}");
    }
}

fn a_bitrate_too_high_for_a_low_sample_rate_is_reduced(ada: &Client) {
    for (rate, expected) in [(22_050, 160_000.0), (8_000, 64_000.0)] {
        let clip = Recipe {
            name: "low.wav",
            rate,
            video: false,
            output: &["-c:a", "pcm_s16le"],
            ..H264_AAC
        }
        .make();
        let mp3 = Decoded::of(&convert(ada, &clip.path, &[("bitrate", "320")]));
        let seconds = mp3.frames as f64 * 576.0 / f64::from(rate);
        let got = f64::from(mp3.xing.unwrap().bytes.unwrap()) * 8.0 / seconds;
        assert!(
            (got / expected - 1.0).abs() < 0.05,
            "{rate} Hz: {got} bit/s"
        );
    }
}

fn a_part_after_the_end_fails_for_good_with_a_reason(ada: &Client) {
    let file = media::mp4().path;
    let form = Form::file("short.mp4", &std::fs::read(file).unwrap()).and_field("start", "1:00");
    let job = ada.ended_job(id(&only_job(&ada.upload(&form))));
    assert_eq!(
        (&job["state"], &job["attempt"]),
        (&"failed".into(), &1.into())
    );
    insta::assert_json_snapshot!("nothing_selected", job["error"]);
}

fn tags_come_from_the_source_unless_requested(ada: &Client) {
    let folder = TempDir::new().unwrap();
    let cover = folder.path().join("cover.png");
    ffmpeg(
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=300x300",
            "-frames:v",
            "1",
        ],
        &cover,
    );
    let source = folder.path().join("source.m4a");
    let arguments = format!(
        "-f lavfi -i sine=d=2 -i {} -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic \
         -metadata title=Title -metadata artist=Artist -metadata album=Album -metadata date=1999 \
         -metadata comment=Comment",
        cover.display()
    );
    ffmpeg(&arguments.split_whitespace().collect::<Vec<_>>(), &source);

    let (tags, cover_art) = probed(&convert(ada, &source, &[]));
    let text = |tags: &Value, name: &str| tags[name].as_str().unwrap_or("").to_owned();
    for (name, value) in [
        ("title", "Title"),
        ("artist", "Artist"),
        ("album", "Album"),
        ("date", "1999"),
        ("comment", "Comment"),
    ] {
        assert_eq!(text(&tags, name), value, "{tags}");
    }
    assert_eq!(cover_art, std::fs::read(&cover).unwrap());

    let requested = [
        ("title", "Käse"),
        ("year", "2001"),
        ("comment", "Mine"),
        ("cover", "false"),
    ];
    let (tags, cover_art) = probed(&convert(ada, &source, &requested));
    assert_eq!(text(&tags, "title"), "Käse");
    assert_eq!(text(&tags, "artist"), "Artist");
    assert_eq!(text(&tags, "date"), "2001");
    assert_eq!(text(&tags, "comment"), "Mine");
    assert!(cover_art.is_empty());
}

fn mp3_audio_is_copied_bit_by_bit(ada: &Client) {
    let recipe = Recipe {
        name: "song.mp3",
        rate: 44_100,
        video: false,
        output: &["-c:a", "libmp3lame", "-q:a", "3", "-metadata", "title=Song"],
        ..H264_AAC
    };
    let video = Recipe {
        name: "video.mkv",
        video: true,
        output: &["-c:v", "libx264", "-c:a", "libmp3lame", "-b:a", "192k"],
        ..recipe.clone()
    };
    let song = recipe.make().path;
    let source = std::fs::read(&song).unwrap();
    let copied = convert(ada, &song, &[("title", "Mine"), ("artist", "Me")]);
    assert_eq!(decoded(&copied, "a.mp3"), decoded(&source, "a.mp3"));
    assert_eq!(probed(&copied).0["title"], "Mine");

    // The frames of a video are copied, after a new tag.
    let video = video.make().path;
    let copied = convert(ada, &video, &[]);
    let folder = TempDir::new().unwrap();
    let bare = folder.path().join("bare.mp3");
    let video_path = video.to_str().unwrap();
    let arguments = [
        "-i",
        video_path,
        "-map",
        "0:a",
        "-c",
        "copy",
        "-write_xing",
        "0",
        "-id3v2_version",
        "0",
    ];
    ffmpeg(&arguments, &bare);
    let frames = std::fs::read(&bare).unwrap();
    assert!(
        copied.ends_with(&frames),
        "{} and {}",
        copied.len(),
        frames.len()
    );

    // An option that changes the audio leads to a conversion.
    for option in [
        ("quality", "3"),
        ("effort", "7"),
        ("mono", "true"),
        ("end", "2"),
    ] {
        let converted = convert(ada, &song, &[option]);
        assert_ne!(
            decoded(&converted, "a.mp3"),
            decoded(&source, "a.mp3"),
            "{option:?}"
        );
    }
}

/// The MP3 of a file with these options in the form.
fn convert(ada: &Client, file: &Path, options: &[(&str, &str)]) -> Vec<u8> {
    let name = file.file_name().unwrap().to_str().unwrap();
    let form = options
        .iter()
        .fold(Form::new(), |form, (name, value)| {
            form.and_field(name, value)
        })
        .and_file("file", name, &std::fs::read(file).unwrap());
    let job = ada.ended_job(id(&only_job(&ada.upload(&form))));
    assert_eq!(job["state"], "done", "{options:?}: {job}");
    ada.download(id(&job)).body
}

/// The output of ffmpeg when it reads an MP3 through a filter.
fn ffmpeg_report(mp3: &[u8], filter: &str) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.mp3");
    std::fs::write(&file, mp3).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(&file)
        .args(["-map", "0:a", "-af", filter, "-f", "null", "-"])
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Samples of a file's first audio track, decoded by ffmpeg.
fn decoded(file: &[u8], name: &str) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join(name), folder.path().join("a.f32"));
    std::fs::write(&from, file).unwrap();
    ffmpeg(
        &["-i", from.to_str().unwrap(), "-map", "0:a", "-f", "f32le"],
        &to,
    );
    std::fs::read(to).unwrap()
}

/// Tags and cover of an MP3 as ffmpeg reads them.
fn probed(mp3: &[u8]) -> (Value, Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.mp3");
    std::fs::write(&file, mp3).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_format"])
        .arg(&file)
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cover = folder.path().join("cover");
    let copied = Command::new("ffmpeg")
        .args(["-v", "quiet", "-nostdin", "-i"])
        .arg(&file)
        .args(["-map", "0:v", "-c", "copy", "-f", "image2pipe"])
        .arg(&cover)
        .status()
        .unwrap();
    let cover = match copied.success() {
        true => std::fs::read(cover).unwrap(),
        false => Vec::new(),
    };
    (json["format"]["tags"].clone(), cover)
}
