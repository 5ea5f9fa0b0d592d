//! The times of Matroska, AVI and FLV: late starts, gaps, and the delay of encoders.

use std::path::Path;

use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file};
use crate::fixtures::{Fixtures, ffmpeg_decode};
use crate::remuxing::copy;

const VIDEO: &str = "-f lavfi -t 4 -i testsrc=size=64x64:rate=25";
const SOUND: &str = "-f lavfi -t 4 -i sine=f=440:r=48000";

fn seconds(decoded: &Decoded) -> f64 {
    decoded.frames() as f64 / f64::from(decoded.info.output_rate)
}

/// Seconds until the first sample that is not silent.
fn silence_at_start(decoded: &Decoded) -> f64 {
    let channel = decoded.channel(0);
    let first = channel.iter().position(|sample| sample.abs() > 0.02);
    first.unwrap() as f64 / f64::from(decoded.info.output_rate)
}

#[test]
fn sound_that_begins_after_the_picture_keeps_its_lead_in() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codecs) in [
        ("aac.mkv", "-c:v mpeg4 -c:a aac"),
        ("ac3.mkv", "-c:v mpeg4 -c:a ac3"),
        ("mp3.mkv", "-c:v mpeg4 -c:a libmp3lame"),
        ("opus.webm", "-c:v libvpx -deadline realtime -c:a libopus"),
        ("aac.flv", "-c:v flv -c:a aac"),
        ("mp3.flv", "-c:v flv -ar 44100 -c:a libmp3lame"),
        // ffmpeg writes the first packet at zero and empty chunks after it.
        ("mp3.avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("aac.avi", "-c:v mpeg4 -c:a aac"),
    ] {
        let input = format!("{VIDEO} -itsoffset 0.85 {SOUND}");
        let path = fixtures.ffmpeg(name, &format!("{input} {codecs} OUT"));
        let decoded = decode_file(&path).unwrap();
        assert!(
            (seconds(&decoded) - 4.85).abs() < 0.06,
            "{name}: {}",
            seconds(&decoded)
        );
        if !name.ends_with("avi") {
            let silence = silence_at_start(&decoded);
            assert!((silence - 0.85).abs() < 0.06, "{name}: {silence}");
        }
        assert_eq!(decoded.concealed, 0, "{name}");
    }
}

#[test]
fn a_gap_in_the_times_is_silence_of_its_length() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    fixtures.ffmpeg("whole.m4a", &format!("{SOUND} -c:a aac OUT"));
    for name in ["gap.mkv", "gap.flv", "gap.avi"] {
        let drop = "-c copy -bsf:a noise=drop='between(n,50,90)'";
        let path = fixtures.ffmpeg(name, &format!("-i DIR/whole.m4a {drop} OUT"));
        let decoded = decode_file(&path).unwrap();
        assert!(
            (seconds(&decoded) - 4.0).abs() < 0.06,
            "{name}: {}",
            seconds(&decoded)
        );
        let rate = f64::from(decoded.info.output_rate);
        let silence = &decoded.channel(0)[(1.2 * rate) as usize..(1.8 * rate) as usize];
        assert!(silence.iter().all(|&sample| sample == 0.0), "{name}");
    }
}

#[test]
fn many_small_gaps_do_not_add_up() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [
        ("a.webm", "-c:a libopus -frame_duration 20"),
        ("a.mkv", "-c:a aac"),
        ("a.flv", "-ar 44100 -c:a aac"),
    ] {
        let drop = "-bsf:a noise=drop='not(mod(n\\,10))'";
        let path = fixtures.ffmpeg(
            name,
            &format!("{VIDEO} {SOUND} -c:v flv {codec} {drop} OUT").replace(
                "-c:v flv",
                if name.ends_with("webm") {
                    "-c:v libvpx"
                } else {
                    "-c:v flv"
                },
            ),
        );
        let decoded = decode_file(&path).unwrap();
        assert!(
            (seconds(&decoded) - 4.0).abs() < 0.06,
            "{name}: {}",
            seconds(&decoded)
        );
    }
}

#[test]
fn a_click_in_mp3_is_heard_at_its_time() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let peak = |samples: &[f32]| {
        let loudest =
            (0..samples.len()).max_by(|&a, &b| samples[a].abs().total_cmp(&samples[b].abs()));
        loudest.unwrap()
    };
    for name in ["a.mkv", "a.avi", "a.flv", "a.mp4"] {
        let click = "-f lavfi -i aevalsrc=eq(n\\,22050):s=44100:d=1.5";
        for quality in ["-q:a 2", "-b:a 64k", "-b:a 320k"] {
            let path = fixtures.ffmpeg(name, &format!("{click} -c:a libmp3lame {quality} OUT"));
            let decoded = decode_file(&path).unwrap();
            assert_eq!(peak(&decoded.samples), 22_050, "{name} {quality}");
            let heard = |path: &Path| peak(&ffmpeg_decode(path));
            let (copied, _) = copy(&fixtures, &path);
            assert_eq!(heard(&copied), 22_050, "copy of {name} {quality}");
        }
    }
}
