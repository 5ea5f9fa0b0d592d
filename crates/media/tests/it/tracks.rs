//! Selection of one of several audio tracks.

use std::fs::File;

use tonearm_media::{FileError, Limits, OpenedFile, PcmSource, Selection, TrackSelector};
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_selected, mp3};
use crate::fixtures::{Fixtures, tones_input};
use std::path::Path;

/// Frequencies in Hz of the tones of three tracks, in English, German and French.
const TONES: [f64; 3] = [400.0, 3000.0, 5000.0];

/// ffmpeg arguments for a file with three tracks.
fn three_tracks(codec: &str, more: &str) -> String {
    let other =
        |hertz: f64| format!("-f lavfi -i sine=frequency={hertz}:sample_rate=44100:duration=3.217");
    let video_input = "-f lavfi -t 3 -i testsrc=size=128x72:rate=25";
    format!(
        "{} {} {} {video_input} -map 3 -map 0 -map 1 -map 2 -c:v mpeg2video -c:a {codec} \
         -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu \
         -metadata:s:a:2 language=fre {more} OUT",
        tones_input(44_100, 2),
        other(TONES[1]),
        other(TONES[2])
    )
}

pub fn decode_track(path: &Path, track: TrackSelector) -> Result<Decoded, FileError> {
    let selection = Selection {
        track,
        ..Selection::default()
    };
    decode_selected(path, &selection)
}

/// The index of the track that was decoded.
fn track_index(decoded: &Decoded) -> usize {
    let index = TONES.iter().position(|&hertz| decoded.tone(0, hertz) > 0.1);
    index.unwrap()
}

#[test]
fn the_default_track_is_selected_by_default() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [("a.mp4", "aac"), ("a.mkv", "aac")] {
        let path = fixtures.ffmpeg(name, &three_tracks(codec, ""));
        assert_eq!(track_index(&decode_file(&path).unwrap()), 0, "{name}");
        let second = "-disposition:a:0 0 -disposition:a:1 default";
        let path = fixtures.ffmpeg(name, &three_tracks(codec, second));
        assert_eq!(track_index(&decode_file(&path).unwrap()), 1, "{name}");
    }
}

#[test]
fn a_track_is_selected_by_its_number() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [
        ("a.mp4", "aac"),
        ("a.mkv", "libmp3lame"),
        ("a.ts", "mp2 -b:a 128k"),
        ("a.mpg", "mp2 -b:a 128k"),
        ("a.avi", "libmp3lame"),
        ("a.mov", "pcm_s16le"),
    ] {
        let path = fixtures.ffmpeg(name, &three_tracks(codec, ""));
        assert_eq!(track_index(&decode_file(&path).unwrap()), 0, "{name}");
        for number in 1..=3 {
            let decoded = decode_track(&path, TrackSelector::Number(number)).unwrap();
            assert_eq!(track_index(&decoded) + 1, number as usize, "{name}");
        }
        for number in [0, 4, u32::MAX] {
            let error = decode_track(&path, TrackSelector::Number(number))
                .err()
                .unwrap();
            assert_eq!(error.code(), "no_such_track", "{name}");
            assert!(error.is_permanent());
        }
    }
}

#[test]
fn a_track_is_selected_by_its_language() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [
        ("a.mp4", "aac"),
        ("a.mkv", "libmp3lame"),
        ("a.ts", "mp2 -b:a 128k"),
    ] {
        let path = fixtures.ffmpeg(name, &three_tracks(codec, ""));
        for (language, expected) in [
            ("eng", 0),
            ("en", 0),
            ("deu", 1),
            ("ger", 1),
            ("de", 1),
            ("FRA", 2),
            ("fr", 2),
        ] {
            let decoded =
                decode_track(&path, TrackSelector::Language(language.to_owned())).unwrap();
            assert_eq!(track_index(&decoded), expected, "{name} {language}");
        }
        let error = decode_track(&path, TrackSelector::Language("ja".to_owned()));
        let text = error.err().unwrap().to_string();
        for part in ["1 (", ", eng)", "2 (", ", deu)", "3 (", ", fre)"] {
            assert!(text.contains(part), "{name}: {text}");
        }
    }
}

#[test]
fn a_second_track_of_a_file_with_one_is_an_error() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args) in [
        ("a.mp3", "-c:a libmp3lame"),
        ("a.wav", ""),
        ("a.w64", ""),
        ("a.aac", "-c:a aac"),
        ("a.ac3", "-ar 48000"),
        ("a.flv", "-c:a aac"),
        ("a.ogg", "-c:a libvorbis"),
    ] {
        let path = fixtures.tones(name, 44_100, 2, args);
        assert!(
            decode_track(&path, TrackSelector::Number(1)).is_ok(),
            "{name}"
        );
        let error = decode_track(&path, TrackSelector::Number(2)).err().unwrap();
        assert_eq!(error.code(), "no_such_track", "{name}: {error}");
    }
}

#[test]
fn an_undecodable_default_track_is_skipped_unless_it_is_selected() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let codecs = "-c:a:0 dca -strict -2 -c:a:1 aac -c:a:2 aac";
    let path = fixtures.ffmpeg("a.mkv", &three_tracks("aac", codecs));
    // Without a decoder plugin, which decodes DTS.
    let opened = |track: TrackSelector| {
        let file = OpenedFile::open(File::open(&path).unwrap(), &Limits::default())?;
        let selection = Selection {
            track,
            ..Selection::default()
        };
        PcmSource::open(file, &mp3(), &selection)
    };
    let findings = opened(TrackSelector::Default).unwrap().findings();
    assert_eq!((findings.taken, findings.undecodable), (2, Some(1)));
    let warnings = findings.warnings();
    assert_eq!(warnings[0].code(), "track_not_decodable");
    let error = opened(TrackSelector::Number(1)).err().unwrap();
    assert_eq!(error.code(), "unsupported_codec");
}
