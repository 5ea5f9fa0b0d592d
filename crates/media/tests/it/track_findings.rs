//! What a conversion finds out about the tracks of a file.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tonearm_media::{Findings, Limits, OpenedFile, Selection, TrackSelector, Warning, find_sound};
use tonearm_test_tools::require_tool;

use crate::decoding::{mp3, open};
use crate::fixtures::Fixtures;
use crate::remuxing;
use crate::tracks::decode_track;

/// ffmpeg arguments for a file whose tracks have these sources.
fn tracks_of(sources: &[&str], args: &str) -> String {
    let inputs: Vec<_> = sources
        .iter()
        .map(|source| format!("-f lavfi -t 4 -i {source}"))
        .collect();
    let maps: Vec<_> = (0..sources.len()).map(|at| format!("-map {at}")).collect();
    format!("{} {} {args} OUT", inputs.join(" "), maps.join(" "))
}

const SILENCE: &str = "anullsrc=r=48000:cl=stereo";
const TONE: &str = "sine=f=900:r=48000";

/// The findings of a conversion of all of the file.
fn findings(path: &Path, selection: &Selection) -> Findings {
    let limits = Limits::default();
    let mut source = open(File::open(path).unwrap(), &limits, &mp3(), selection).unwrap();
    let mut block = Vec::new();
    while source.next_block(&mut block).unwrap() {}
    let mut findings = source.findings();
    let file = source.into_file();
    let mut go_on = || ControlFlow::Continue(());
    find_sound(&file, selection, &mut findings, &mut go_on).unwrap();
    findings
}

fn codes(findings: &Findings) -> Vec<&'static str> {
    findings.warnings().iter().map(Warning::code).collect()
}

#[test]
fn a_commentary_is_not_taken_by_default() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let marked = "-c:a aac -disposition:a:0 comment -disposition:a:1 default \
                  -metadata:s:a:0 title=Commentary";
    let described = "-c:a aac -disposition:a:0 default+visual_impaired -disposition:a:1 default";
    for name in ["a.mkv", "a.mp4"] {
        for args in [marked, described] {
            let path = fixtures.ffmpeg(name, &tracks_of(&[SILENCE, TONE], args));
            let findings = findings(&path, &Selection::default());
            assert_eq!(findings.taken, 2, "{name} {args}");
            assert!(findings.tracks[0].is_secondary, "{name} {args}");
            assert!(codes(&findings).is_empty(), "{name} {args}");
        }
    }
    let described =
        "-c:a mp2 -b:a 128k -disposition:a:0 visual_impaired -metadata:s:a:0 language=eng";
    let path = fixtures.ffmpeg("a.ts", &tracks_of(&[SILENCE, TONE], described));
    let found = findings(&path, &Selection::default());
    assert_eq!(found.taken, 2, "{found:?}");
}

#[test]
fn the_tracks_are_listed_with_language_title_and_channels() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let args = "-c:a aac -ac:a:0 1 -metadata:s:a:0 language=deu -metadata:s:a:0 title=Über \
                -metadata:s:a:1 language=fre -metadata:s:a:1 title=Zwei";
    for name in ["a.mkv", "a.mp4"] {
        let path = fixtures.ffmpeg(name, &tracks_of(&[TONE, SILENCE], args));
        let list = findings(&path, &Selection::default()).tracks;
        let shown: Vec<_> = list
            .iter()
            .map(|track| (track.number, track.describe(), track.channels))
            .collect();
        let expected = [
            (1, "AAC, deu, “Über”".to_owned(), Some(1)),
            (2, "AAC, fre, “Zwei”".to_owned(), Some(2)),
        ];
        assert_eq!(shown, expected, "{name}");
        let error = decode_track(&path, TrackSelector::Number(3)).err().unwrap();
        let expected = "The file has no such audio track. It has these: \
                        1 (AAC, deu, “Über”), 2 (AAC, fre, “Zwei”).";
        assert_eq!(error.to_string(), expected, "{name}");
        let file = OpenedFile::open(File::open(&path).unwrap(), &Limits::default()).unwrap();
        assert_eq!(file.audio_tracks(), list, "{name}");
    }
}

#[test]
fn a_silent_track_beside_one_with_sound_is_a_warning() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let plain = Selection::default();
    for (name, codec) in [
        ("a.mkv", "aac"),
        ("a.mp4", "aac"),
        ("a.ts", "mp2 -b:a 128k"),
    ] {
        let args = format!("-c:a {codec}");
        let path = fixtures.ffmpeg(name, &tracks_of(&[SILENCE, SILENCE, TONE], &args));
        let found = findings(&path, &plain);
        assert_eq!(
            (found.taken, found.sounding),
            (1, Some(3)),
            "{name} {found:?}"
        );
        assert_eq!(codes(&found), ["track_silent"], "{name}");
        let text = found.warnings()[0].to_string();
        assert!(text.contains("track=3"), "{text}");

        let path = fixtures.ffmpeg(name, &tracks_of(&[SILENCE, SILENCE], &args));
        assert!(codes(&findings(&path, &plain)).is_empty(), "{name}");
        let path = fixtures.ffmpeg(name, &tracks_of(&[TONE, SILENCE], &args));
        assert!(codes(&findings(&path, &plain)).is_empty(), "{name}");
    }
    // Only the selected part counts.
    let late = "aevalsrc=gte(t\\,2)*sin(2000*t):s=48000";
    let path = fixtures.ffmpeg("b.mkv", &tracks_of(&[SILENCE, late], "-c:a flac"));
    let part = |start: u64, end: u64| Selection {
        start: Duration::from_secs(start),
        end: Some(Duration::from_secs(end)),
        ..Selection::default()
    };
    assert_eq!(findings(&path, &part(0, 1)).sounding, None);
    assert_eq!(findings(&path, &part(1, 4)).sounding, Some(2));
}

#[test]
fn a_copied_silent_track_is_a_warning() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let late = "aevalsrc=gte(t\\,3)*sin(2000*t):s=48000";
    for (first, expected) in [(SILENCE, Some(2)), (late, None)] {
        let path = fixtures.ffmpeg("a.mp4", &tracks_of(&[first, TONE], "-c:a libmp3lame"));
        let (_, summary) = remuxing::copy(&fixtures, &path);
        let file = OpenedFile::open(File::open(&path).unwrap(), &Limits::default()).unwrap();
        let mut findings = summary.findings;
        let mut go_on = || ControlFlow::Continue(());
        find_sound(&file, &Selection::default(), &mut findings, &mut go_on).unwrap();
        assert_eq!(findings.sounding, expected, "{first}");
    }
}

#[test]
fn a_track_that_decodes_to_nothing_gives_way_and_the_job_says_so() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg("a.mkv", &tracks_of(&[TONE, TONE], "-c:a:0 aac -c:a:1 flac"));
    // The AudioSpecificConfig of the first track becomes one of an unknown object type.
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes
        .windows(4)
        .position(|four| four == [0x63, 0xa2, 0x85, 0x11]);
    bytes[at.unwrap() + 3] = 0xfb;
    let broken = fixtures.path("b.mkv");
    std::fs::write(&broken, bytes).unwrap();
    let found = findings(&broken, &Selection::default());
    assert_eq!(
        (found.undecodable, codes(&found)),
        (Some(1), vec!["track_not_decodable"])
    );
    let text = found.warnings()[0].to_string();
    let expected = "Track 1 (AAC) could not be decoded. The MP3 has the sound of track 2 (FLAC).";
    assert_eq!(text, expected);
    let error = decode_track(&broken, TrackSelector::Number(1))
        .err()
        .unwrap();
    assert!(error.is_permanent());
}

#[test]
fn opposite_phases_that_mono_cancels_are_a_warning() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let opposite = "aevalsrc=sin(2*PI*440*t)|-sin(2*PI*440*t):s=48000";
    let path = fixtures.ffmpeg("a.mp4", &tracks_of(&[opposite], "-c:a aac"));
    let mono = Selection {
        mono: true,
        ..Selection::default()
    };
    assert_eq!(codes(&findings(&path, &mono)), ["channels_cancelled"]);
    assert!(codes(&findings(&path, &Selection::default())).is_empty());
    let path = fixtures.ffmpeg("b.mp4", &tracks_of(&[TONE], "-ac 2 -c:a aac"));
    assert!(codes(&findings(&path, &mono)).is_empty());
}
