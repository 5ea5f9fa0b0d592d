//! Long conversions split into segments: the joints are inaudible, and the bytes do not
//! depend on the order of the work.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, as tests may"
)]

mod native;

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use native::{File, LAME};
use tonearm_media::{
    ConvertOptions, EncodedSegment, Encoder, Limits, OpenedFile, PcmSource, RateControl, Segment,
    Selection, Summary, TagOptions, Target, convert, encode_segment, join, plan,
};
use tonearm_test_tools::require_tool;

const OPTIONS: ConvertOptions = ConvertOptions {
    rate_control: RateControl::Quality(1),
    effort: 7,
    tag: TagOptions::PLAIN,
};

/// A file of a test signal that never repeats: a rising tone, noise, and clicks.
fn make(dir: &Path, name: &str, rate: u32, layout: &str, options: &str) -> Vec<u8> {
    let path = dir.join(name);
    let signal = "0.3*sin(2*PI*(200*t+40*t*t))+0.1*random(0)+0.5*lt(mod(t\\,0.37)\\,0.002)";
    let channels = match layout {
        "mono" => 1,
        "5.1" => 6,
        _ => 2,
    };
    let signals = vec![signal; channels].join("|");
    let input = format!("aevalsrc={signals}:s={rate}:d=21.3:c={layout}");
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args([
            "-f",
            "lavfi",
            "-t",
            "21.3",
            "-i",
            "testsrc=size=64x36:rate=25",
        ])
        .args(["-f", "lavfi", "-i", &input])
        .args(options.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read(path).unwrap()
}

fn open(bytes: &[u8], selection: &Selection) -> PcmSource {
    let target = Target::from(&LAME.describe());
    let file = OpenedFile::open(Cursor::new(bytes.to_vec()), &Limits::default()).unwrap();
    PcmSource::open(file, &target, selection).unwrap()
}

fn keep_going<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn plan_at(source: &mut PcmSource, rate_control: RateControl) -> Vec<Segment> {
    plan(source, &LAME.describe(), rate_control, 3, &mut || {
        keep_going(())
    })
    .unwrap()
}

fn segments_of(bytes: &[u8], selection: &Selection) -> Vec<Segment> {
    let mut source = open(bytes, selection);
    plan_at(&mut source, OPTIONS.rate_control)
}

fn encode(bytes: &[u8], selection: &Selection, segment: &Segment) -> (Vec<u8>, EncodedSegment) {
    // Serialized, as workers exchange it.
    let json = serde_json::to_string(segment).unwrap();
    let segment: Segment = serde_json::from_str(&json).unwrap();
    let mut file = File::default();
    let mut source = open(bytes, selection);
    let part = encode_segment(
        &mut source,
        &LAME,
        &OPTIONS,
        &segment,
        &mut file,
        &mut keep_going,
    );
    let part = serde_json::to_string(&part.unwrap()).unwrap();
    (file.0, serde_json::from_str(&part).unwrap())
}

fn joined(bytes: &[u8], selection: &Selection) -> (Vec<u8>, Summary) {
    let segments = segments_of(bytes, selection);
    assert!(segments.len() >= 4, "{} segments", segments.len());
    // In reverse, to show that the order does not matter.
    let mut done: Vec<_> = segments
        .iter()
        .rev()
        .map(|segment| encode(bytes, selection, segment))
        .collect();
    done.reverse();
    let parts: Vec<_> = done.iter().map(|(_, part)| part.clone()).collect();
    let source = open(bytes, selection);
    let (mut mp3, summary) = join(&source, &LAME.describe(), &OPTIONS, &parts).unwrap();
    mp3.extend(done.into_iter().flat_map(|(bytes, _)| bytes));
    assert_eq!(summary.bytes, mp3.len() as u64);
    (mp3, summary)
}

fn whole(bytes: &[u8], selection: &Selection) -> (Vec<u8>, Summary) {
    let mut file = File::default();
    let summary = convert(
        &mut open(bytes, selection),
        &LAME,
        &OPTIONS,
        &mut file,
        &mut keep_going,
    );
    (file.0, summary.unwrap())
}

/// The whole conversion as a single segment.
fn single_segment(bytes: &[u8], selection: &Selection) -> Vec<u8> {
    let json = r#"{
        "mark": { "place": 0, "decoded": 0, "skip": 0, "heard": 0 },
        "first_frame": 0, "frames": null, "expected_frames": 1
    }"#;
    encode(bytes, selection, &serde_json::from_str(json).unwrap()).0
}

/// Decodes by ffmpeg, without delay and padding.
fn decode(mp3: &[u8]) -> Vec<f32> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mp3");
    std::fs::write(&path, mp3).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-xerror", "-nostdin", "-i"])
        .arg(&path)
        .args(["-f", "f32le", "-"])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
        .stdout
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect()
}

fn noise_energy(ours: &[f32], pcm: &[f32]) -> f64 {
    let noise = ours.iter().zip(pcm).map(|(a, b)| f64::from(a - b).powi(2));
    noise.sum::<f64>()
}

/// The PCM that the encoder gets.
fn source_pcm(bytes: &[u8], selection: &Selection) -> Vec<f32> {
    let mut source = open(bytes, selection);
    let (mut all, mut block) = (Vec::new(), Vec::new());
    while source.next_block(&mut block).unwrap() {
        all.extend_from_slice(&block);
    }
    all
}

const FILES: [(&str, u32, &str, &str); 26] = [
    (
        "a.mp4",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a aac -aac_pns 0 -b:a 160k",
    ),
    (
        "b.mp4",
        44_100,
        "mono",
        "-c:v libx264 -preset ultrafast -c:a aac -aac_pns 0 -movflags +faststart",
    ),
    (
        "c.mp4",
        44_100,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a aac -aac_pns 0 -movflags +frag_keyframe+empty_moov",
    ),
    ("d.mp4", 48_000, "5.1", "-vn -c:a aac -aac_pns 0 -b:a 384k"),
    (
        "e.mkv",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a aac -aac_pns 0 -b:a 160k",
    ),
    (
        "f.webm",
        48_000,
        "stereo",
        "-c:v libvpx -deadline realtime -c:a libopus -b:a 128k",
    ),
    ("g.m4a", 96_000, "stereo", "-vn -c:a alac"),
    (
        "h.mov",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a pcm_s16le",
    ),
    ("i.m4a", 22_050, "stereo", "-vn -c:a alac"),
    ("j.flv", 44_100, "stereo", "-c:v flv -c:a aac -aac_pns 0"),
    ("k.avi", 48_000, "stereo", "-c:v mpeg4 -c:a mp2 -b:a 192k"),
    ("l.avi", 44_100, "stereo", "-c:v mpeg4 -c:a pcm_s16le"),
    (
        "m.ts",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a aac -aac_pns 0",
    ),
    (
        "gap.ts",
        48_000,
        "stereo",
        "-c:v mpeg2video -c:a mp2 -af asetpts=PTS+gt(T\\,9)*3/TB",
    ),
    (
        "n.m2ts",
        48_000,
        "5.1",
        "-c:v libx264 -preset ultrafast -c:a pcm_bluray",
    ),
    ("o.aac", 48_000, "stereo", "-vn -c:a aac -aac_pns 0"),
    ("p.mp3", 44_100, "stereo", "-vn -c:a libmp3lame -q:a 2"),
    ("q.wav", 48_000, "stereo", "-vn -c:a pcm_s24le"),
    ("r.aiff", 44_100, "mono", "-vn"),
    ("s.caf", 96_000, "stereo", "-vn"),
    (
        "t.mkv",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a flac",
    ),
    (
        "u.m2ts",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a pcm_bluray -sample_fmt s32",
    ),
    ("v.ogg", 44_100, "stereo", "-vn -c:a libvorbis"),
    ("w.opus", 48_000, "mono", "-vn -c:a libopus"),
    ("x.flac", 96_000, "stereo", "-vn -c:a flac -sample_fmt s32"),
    (
        "y.ogv",
        48_000,
        "stereo",
        "-c:v libtheora -c:a flac -sample_fmt s16",
    ),
];

#[test]
fn joints_are_inaudible_and_cost_less_than_a_hundredth_of_the_size() {
    require_tool!("ffmpeg");
    let dir = tempfile::tempdir().unwrap();
    for (name, rate, layout, options) in FILES {
        let bytes = make(dir.path(), name, rate, layout, options);
        let all = Selection::default();
        let (one, one_summary) = whole(&bytes, &all);
        let (many, many_summary) = joined(&bytes, &all);
        assert_eq!(one_summary.samples, many_summary.samples, "{name}");
        assert_eq!(one_summary.duration, many_summary.duration, "{name}");
        let ends = |summary: &Summary| (summary.delay, summary.padding);
        assert_eq!(ends(&one_summary), ends(&many_summary), "{name}");
        let larger = many.len() as f64 / one.len() as f64;
        assert!(larger < 1.01, "{name}: {larger} times the size");
        let single = single_segment(&bytes, &all);
        let is_exact = many.ends_with(&single);
        let (one, many, pcm) = (decode(&one), decode(&many), source_pcm(&bytes, &all));
        assert_eq!(one.len(), many.len(), "{name}");
        let noise = noise_energy(&many, &pcm) / noise_energy(&one, &pcm);
        assert!(noise < 1.01, "{name}: {noise} times the noise");
        // The state of an Opus decoder never fully converges.
        let is_opus = name.ends_with("webm") || name.ends_with("opus");
        assert!(is_exact || is_opus, "{name}");
    }
}

#[test]
fn a_part_of_a_file_is_split_into_segments() {
    require_tool!("ffmpeg");
    let dir = tempfile::tempdir().unwrap();
    let bytes = make(
        dir.path(),
        "a.mp4",
        48_000,
        "stereo",
        "-c:v libx264 -preset ultrafast -c:a aac -aac_pns 0 -b:a 160k",
    );
    let selection = Selection {
        start: Duration::from_millis(3_333),
        end: Some(Duration::from_millis(17_777)),
        gain: Some(0.5),
        mono: true,
        ..Selection::default()
    };
    let (one, one_summary) = whole(&bytes, &selection);
    let (many, many_summary) = joined(&bytes, &selection);
    assert_eq!(one_summary.samples, many_summary.samples);
    let pcm = source_pcm(&bytes, &selection);
    let noise = noise_energy(&decode(&many), &pcm) / noise_energy(&decode(&one), &pcm);
    assert!(noise < 1.01, "{noise} times the noise");
    assert!(many.ends_with(&single_segment(&bytes, &selection)));
}

#[test]
fn splitting_and_encoding_are_reproducible() {
    require_tool!("ffmpeg");
    let dir = tempfile::tempdir().unwrap();
    let (name, rate, layout, options) = FILES[0];
    let bytes = make(dir.path(), name, rate, layout, options);
    let all = Selection::default();
    let segments = segments_of(&bytes, &all);
    assert_eq!(segments, segments_of(&bytes, &all));
    for segment in &segments {
        assert!(encode(&bytes, &all, segment) == encode(&bytes, &all, segment));
    }
}

#[test]
fn a_stream_without_seek_points_is_not_split() {
    require_tool!("ffmpeg");
    let dir = tempfile::tempdir().unwrap();
    let bytes = make(dir.path(), "b.mkv", 48_000, "stereo", "-vn -c:a libvorbis");
    assert_eq!(segments_of(&bytes, &Selection::default()), []);
    // Shorter than two segments.
    let bytes = make(dir.path(), "c.mp4", 48_000, "stereo", "-vn -c:a aac -t 5.9");
    assert_eq!(segments_of(&bytes, &Selection::default()), []);
    // At a constant bitrate, quality needs the bit reservoir.
    let (name, rate, layout, options) = FILES[0];
    let bytes = make(dir.path(), name, rate, layout, options);
    let mut source = open(&bytes, &Selection::default());
    assert_eq!(plan_at(&mut source, RateControl::Bitrate(128)), []);
    assert_ne!(plan_at(&mut source, RateControl::Quality(1)), []);
}
