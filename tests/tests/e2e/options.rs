//! Options of an upload: what each does to the MP3, and what is no option.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::{Client, Reply};
use tonearm_e2e::jobs::{id, only_job};
use tonearm_e2e::media::{self, H264_AAC, Recipe, ffmpeg};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::multipart::Form;
use tonearm_e2e::tone::level;

use crate::table::{expect, shown};
use crate::upload::assert_nothing_is_kept;

/// The MP3 that a file becomes with these options, given in the form.
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

/// What ffmpeg prints when it reads an MP3 through a filter.
fn ffmpeg_report(mp3: &[u8], filter: &str) -> String {
    let desk = TempDir::new().unwrap();
    let file = desk.path().join("a.mp3");
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

/// Samples of a file's first audio track as ffmpeg decodes it.
fn decoded(file: &[u8], name: &str) -> Vec<u8> {
    let desk = TempDir::new().unwrap();
    let (from, to) = (desk.path().join(name), desk.path().join("a.f32"));
    std::fs::write(&from, file).unwrap();
    ffmpeg(
        &["-i", from.to_str().unwrap(), "-map", "0:a", "-f", "f32le"],
        &to,
    );
    std::fs::read(to).unwrap()
}

#[test]
fn every_option_is_heard_in_the_mp3() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let clip = media::mp4();
    let with = |options: &[(&str, &str)]| convert(&ada, &clip.path, options);
    let plain = with(&[]);
    assert_eq!(with(&[]), plain, "the same options, the same bytes");

    // Rate and effort.
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

    // One channel with the mean of both tones.
    let mono = Decoded::of(&with(&[("mono", "true")]));
    assert_eq!(mono.channels.len(), 1);
    let samples = mono.trimmed()[0];
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    for tone in &clip.tones {
        let heard = level(middle, mono.rate, tone.hertz);
        assert!(
            (heard - (tone.dbfs - 6.02)).abs() < 0.5,
            "{tone:?}: {heard}"
        );
    }

    // A part, to the sample.
    for (options, samples) in [
        (&[("start", "1"), ("end", "0:02.5")][..], 72_000),
        (&[("start", "2.25")], 36_000),
        (&[("end", "0.5")], 24_000),
    ] {
        let part = Decoded::of(&with(options));
        assert_eq!(part.trimmed()[0].len(), samples, "{options:?}");
    }
}

#[test]
fn a_bitrate_that_a_low_sample_rate_cannot_have_becomes_the_highest_it_can() {
    let app = TestApp::start();
    let ada = app.user("ada");
    for (rate, expected) in [(22_050, 160_000.0), (8_000, 64_000.0)] {
        let clip = Recipe {
            name: "low.wav",
            rate,
            video: false,
            output: &["-c:a", "pcm_s16le"],
            ..H264_AAC
        }
        .make();
        let mp3 = Decoded::of(&convert(&ada, &clip.path, &[("bitrate", "320")]));
        let seconds = mp3.frames as f64 * 576.0 / f64::from(rate);
        let got = f64::from(mp3.xing.unwrap().bytes.unwrap()) * 8.0 / seconds;
        assert!(
            (got / expected - 1.0).abs() < 0.05,
            "{rate} Hz: {got} bit/s"
        );
    }
}

#[test]
fn options_hold_for_all_files_wherever_they_stand() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let form = Form::new()
        .and_field("quality", "2")
        .and_file("file", "a.mp4", b"a")
        .and_field("mono", "yes")
        .and_file("file", "b.mp4", b"b")
        .and_field("title", "")
        .and_field("start", "1:30");
    let reply = ada
        .ask("POST", "/upload?artist=%C3%84rzte&quality=2")
        .form(&form)
        .send();
    let told = shown(&reply.json());
    insta::assert_json_snapshot!(told);
    for job in told["jobs"].as_array().unwrap() {
        assert_eq!(job["options"], told["jobs"][0]["options"]);
    }
    // The job and the list show what the answer did.
    let listed = ada.get("/jobs").json();
    for job in listed["jobs"].as_array().unwrap() {
        assert_eq!(job["options"], told["jobs"][0]["options"]);
        assert_eq!(ada.job(id(job))["options"], told["jobs"][0]["options"]);
    }
}

#[test]
fn what_is_not_given_is_as_the_operator_wants_it_at_the_upload() {
    let mut app = Setup::new()
        .without_workers()
        .variable("mp3_bitrate", 128)
        .variable("mp3_effort", 4)
        .variable("mp3_mono", true)
        .variable("mp3_normalize", true)
        .variable("normalize_lufs", -23)
        .start();
    let ada = app.user("ada");
    let upload = |query: &str| {
        let path = format!("/upload{query}");
        only_job(
            &ada.ask("POST", &path)
                .form(&Form::file("a.mp4", b"a"))
                .send(),
        )
    };
    let plain = upload("");
    insta::assert_json_snapshot!([
        &plain["options"],
        &upload("?quality=3&mono=false&normalize=false")["options"],
    ]);
    app.restart_with(&[("mp3_bitrate", "320"), ("normalize_lufs", "-10")]);
    assert_eq!(ada.job(id(&plain))["options"], plain["options"]);
}

#[test]
fn what_is_no_option_is_told_with_what_is_valid() {
    let app = Setup::new().without_workers().start();
    let ada = app.user("ada");
    let in_form =
        |name: &str, value: &str| ada.upload(&Form::file("v.mp4", b"bytes").and_field(name, value));
    let in_query = |query: &str| {
        let path = format!("/upload?{query}");
        ada.ask("POST", &path)
            .form(&Form::file("v.mp4", b"bytes"))
            .send()
    };
    let long = "x".repeat(5000);
    let refused: Vec<(&str, Reply, &str)> = vec![
        ("quality", in_form("quality", "10"), "bad_option"),
        ("bitrate", in_form("bitrate", "100"), "bad_option"),
        ("effort", in_form("effort", "fast"), "bad_option"),
        ("mono", in_form("mono", "maybe"), "bad_option"),
        ("normalize", in_query("normalize=-16"), "bad_option"),
        ("start", in_query("start=-1"), "bad_option"),
        ("end", in_query("start=10&end=5"), "bad_option"),
        ("track", in_form("track", "0"), "bad_option"),
        ("language", in_form("language", "german"), "bad_option"),
        ("year", in_form("year", "MCM"), "bad_option"),
        ("cover", in_form("cover", "front"), "bad_option"),
        ("title", in_form("title", &"x".repeat(251)), "bad_option"),
        ("too long", in_form("title", &long), "bad_field"),
        ("both", in_query("quality=2&bitrate=128"), "bad_option"),
        ("twice", in_query("quality=2&quality=3"), "bad_option"),
        ("unknown", in_form("qualty", "2"), "unknown_option"),
        ("unknown query", in_query("file=2"), "unknown_option"),
        (
            "a file for a text",
            ada.upload(&Form::file("v.mp4", b"b").and_file("title", "t.txt", b"t")),
            "bad_field",
        ),
    ];
    let mut problems = serde_json::Map::new();
    for (what, reply, code) in refused {
        expect(what, &reply, 400, code);
        assert_nothing_is_kept(&app, what);
        problems.insert(what.to_owned(), reply.json());
    }
    insta::assert_json_snapshot!(problems);
}

#[test]
fn a_part_beyond_the_end_fails_for_good_and_is_told() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let file = media::mp4().path;
    let form = Form::file("short.mp4", &std::fs::read(file).unwrap()).and_field("start", "1:00");
    let job = ada.ended_job(id(&only_job(&ada.upload(&form))));
    assert_eq!(
        (&job["state"], &job["attempt"]),
        (&"failed".into(), &1.into())
    );
    insta::assert_json_snapshot!(job["error"]);
}

#[test]
fn tags_come_from_the_source_unless_they_are_given() {
    let desk = TempDir::new().unwrap();
    let cover = desk.path().join("cover.png");
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
    let film = desk.path().join("film.m4a");
    let words = format!(
        "-f lavfi -i sine=d=2 -i {} -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic \
         -metadata title=Title -metadata artist=Artist -metadata album=Album -metadata date=1999 \
         -metadata comment=Comment",
        cover.display()
    );
    ffmpeg(&words.split_whitespace().collect::<Vec<_>>(), &film);
    let app = TestApp::start();
    let ada = app.user("ada");

    let (tags, picture) = probed(&convert(&ada, &film, &[]));
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
    assert_eq!(picture, std::fs::read(&cover).unwrap());

    let given = [
        ("title", "Käse"),
        ("year", "2001"),
        ("comment", "Mine"),
        ("cover", "false"),
    ];
    let (tags, picture) = probed(&convert(&ada, &film, &given));
    assert_eq!(text(&tags, "title"), "Käse");
    assert_eq!(text(&tags, "artist"), "Artist");
    assert_eq!(text(&tags, "date"), "2001");
    assert_eq!(text(&tags, "comment"), "Mine");
    assert!(picture.is_empty());
}

/// Tags and cover of an MP3 as ffmpeg reads them.
fn probed(mp3: &[u8]) -> (Value, Vec<u8>) {
    let desk = TempDir::new().unwrap();
    let file = desk.path().join("a.mp3");
    std::fs::write(&file, mp3).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_format"])
        .arg(&file)
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let picture = desk.path().join("picture");
    let copied = Command::new("ffmpeg")
        .args(["-v", "quiet", "-nostdin", "-i"])
        .arg(&file)
        .args(["-map", "0:v", "-c", "copy", "-f", "image2pipe"])
        .arg(&picture)
        .status()
        .unwrap();
    let picture = match copied.success() {
        true => std::fs::read(picture).unwrap(),
        false => Vec::new(),
    };
    (json["format"]["tags"].clone(), picture)
}

#[test]
fn normalized_files_are_equally_loud_cut_into_segments_or_not() {
    let desk = TempDir::new().unwrap();
    let noise = |name: &str, volume: &str| {
        let file = desk.path().join(name);
        let noise = format!("anoisesrc=d=30:c=pink:r=44100:a=0.5:seed=7,volume={volume}");
        ffmpeg(&["-f", "lavfi", "-i", &noise, "-ac", "2"], &file);
        file
    };
    let (quiet, loud) = (noise("quiet.wav", "0.02"), noise("loud.wav", "1"));
    let heard = |mp3: &[u8]| {
        let report = ffmpeg_report(mp3, "ebur128=peak=true:framelog=verbose");
        let after = |label: &str| -> f64 {
            let summary = report.rsplit_once("Summary:").unwrap().1;
            let rest = summary.split_once(label).unwrap().1;
            rest.split_whitespace().next().unwrap().parse().unwrap()
        };
        (after("I:"), after("Peak:"))
    };
    for segment_seconds in [0, 5] {
        let app = Setup::new()
            .variable("segment_seconds", segment_seconds)
            .start();
        let ada = app.user("ada");
        for file in [&quiet, &loud] {
            let (loudness, peak) = heard(&convert(&ada, file, &[("normalize", "true")]));
            assert!((loudness + 16.0).abs() < 0.3, "{file:?}: {loudness} LUFS");
            assert!(peak < -0.5, "{file:?}: {peak} dBTP");
        }
        let (loudness, _) = heard(&convert(&ada, &quiet, &[]));
        assert!(loudness < -30.0, "as it was: {loudness} LUFS");
    }
}

#[test]
fn sound_that_is_mp3_already_is_taken_over_bit_by_bit() {
    let app = TestApp::start();
    let ada = app.user("ada");
    let recipe = Recipe {
        name: "song.mp3",
        rate: 44_100,
        video: false,
        output: &["-c:a", "libmp3lame", "-q:a", "3", "-metadata", "title=Song"],
        ..H264_AAC
    };
    let film = Recipe {
        name: "film.mkv",
        video: true,
        output: &["-c:v", "libx264", "-c:a", "libmp3lame", "-b:a", "192k"],
        ..recipe.clone()
    };
    let song = recipe.make().path;
    let source = std::fs::read(&song).unwrap();
    let copied = convert(&ada, &song, &[("title", "Mine"), ("artist", "Me")]);
    assert_eq!(decoded(&copied, "a.mp3"), decoded(&source, "a.mp3"));
    assert_eq!(probed(&copied).0["title"], "Mine");

    // Frame by frame the same out of a film, whatever stands in front.
    let film = film.make().path;
    let copied = convert(&ada, &film, &[]);
    let desk = TempDir::new().unwrap();
    let bare = desk.path().join("bare.mp3");
    let film = film.to_str().unwrap();
    let words = [
        "-i",
        film,
        "-map",
        "0:a",
        "-c",
        "copy",
        "-write_xing",
        "0",
        "-id3v2_version",
        "0",
    ];
    ffmpeg(&words, &bare);
    let frames = std::fs::read(&bare).unwrap();
    assert!(
        copied.ends_with(&frames),
        "{} and {}",
        copied.len(),
        frames.len()
    );

    // Whoever asks for another sound gets it.
    for option in [
        ("quality", "3"),
        ("effort", "7"),
        ("mono", "true"),
        ("end", "2"),
    ] {
        let converted = convert(&ada, &song, &[option]);
        assert_ne!(
            decoded(&converted, "a.mp3"),
            decoded(&source, "a.mp3"),
            "{option:?}"
        );
    }
}
