//! Selection of a part of a file, of mono, and of a gain.

use std::fs::File;
use std::time::Duration;

use tonearm_media::{Limits, Selection};
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_selected, mp3, open};
use crate::fixtures::{Fixtures, SECONDS};

#[test]
fn a_part_contains_exactly_the_samples_between_start_and_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, rate, args) in [("a.m4a", 48_000, "-c:a aac"), ("b.wav", 96_000, "")] {
        let path = fixtures.tones(name, rate, 2, args);
        let intact = decode_file(&path).unwrap();
        let part = |start: f64, end: Option<f64>| Selection {
            start: Duration::from_secs_f64(start),
            end: end.map(Duration::from_secs_f64),
            ..Selection::default()
        };
        let at = |seconds: f64| (seconds * 48_000.0).round() as usize * 2;
        let check = |decoded: &Decoded, from: usize, to: usize| {
            assert_eq!(decoded.samples, intact.samples[from..to], "{name}");
        };
        check(
            &decode_selected(&path, &part(1.0, Some(2.5))).unwrap(),
            at(1.0),
            at(2.5),
        );
        check(
            &decode_selected(&path, &part(0.0, Some(0.001))).unwrap(),
            0,
            at(0.001),
        );
        check(
            &decode_selected(&path, &part(3.1, None)).unwrap(),
            at(3.1),
            at(SECONDS),
        );
        check(
            &decode_selected(&path, &part(3.1, Some(99.0))).unwrap(),
            at(3.1),
            at(SECONDS),
        );
        assert_eq!(
            decode_selected(&path, &part(9.0, None)).unwrap().frames(),
            0
        );
    }
}

#[test]
fn mono_is_the_mean_and_gain_is_a_factor() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wav", 44_100, 2, "");
    let both = decode_file(&path).unwrap();
    let selection = Selection {
        mono: true,
        gain: Some(0.5),
        ..Selection::default()
    };
    let one = decode_selected(&path, &selection).unwrap();
    assert_eq!((one.channels(), one.frames()), (1, both.frames()));
    for (mono, pair) in one.samples.iter().zip(both.samples.chunks(2)) {
        assert!((mono - (pair[0] + pair[1]) / 4.0).abs() < 1e-6);
    }
}

#[test]
fn nothing_is_decoded_after_the_end_of_the_part() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.m4a", 48_000, 2, "-c:a aac");
    let selection = Selection {
        end: Some(Duration::from_millis(100)),
        ..Selection::default()
    };
    let file = File::open(path).unwrap();
    let mut source = open(file, &Limits::default(), &mp3(), &selection).unwrap();
    let (mut block, mut last) = (Vec::new(), 0.0);
    while source.next_block(&mut block).unwrap() {
        last = source.fraction();
    }
    assert!(last < 0.5, "{last}");
    assert_eq!(source.fraction(), 1.0);
}
