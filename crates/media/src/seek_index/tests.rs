//! Decoding from every seek point yields the samples of uninterrupted decoding.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use tonearm_media_core::{FileError, Limits};
use tonearm_test_tools::require_tool;

use crate::opened_file::OpenedFile;
use crate::pcm_source::{PcmSource, Target};
use crate::selection::{Gaps, Selection};

fn ffmpeg(dir: &Path, name: &str, args: &str) -> Vec<u8> {
    let out = dir.join(name);
    let args = args.replace("DIR", dir.to_str().unwrap());
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-bitexact"])
        .args(args.split_whitespace())
        .arg(&out)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    std::fs::read(out).unwrap()
}

fn open(bytes: &[u8], gaps: Gaps) -> PcmSource {
    let target = Target {
        sample_rates: vec![44_100, 48_000],
        max_channels: 2,
    };
    let selection = Selection {
        gaps,
        ..Selection::default()
    };
    let file = OpenedFile::open(Cursor::new(bytes.to_vec()), &Limits::default()).unwrap();
    PcmSource::open(file, &target, &selection).unwrap()
}

fn rest(source: &mut PcmSource) -> Result<Vec<f32>, FileError> {
    let (mut all, mut block) = (Vec::new(), Vec::new());
    while source.next_block(&mut block)? {
        all.extend_from_slice(&block);
    }
    Ok(all)
}

/// Compares the samples from each seek point, `preroll` samples per channel after it, with
/// those of the whole. Returns the number of points.
fn check(name: &str, bytes: &[u8], gaps: Gaps, preroll: u64, tolerance: f32) -> usize {
    let mut source = open(bytes, gaps);
    let index = source
        .seek_index(&mut || ControlFlow::Continue(()))
        .unwrap()
        .unwrap_or_else(|| panic!("{name}: no seek points"));
    let whole = rest(&mut source).unwrap();
    let channels = usize::from(source.info().output_channels);
    // ffmpeg leaves the length of the last packet open in some copies.
    let difference = (whole.len() / channels).abs_diff(index.samples as usize);
    assert!(difference <= 4608, "{name}: {difference}");
    let (rate_in, rate_out) = (source.info().sample_rate, source.info().output_rate);
    for point in &index.points {
        let played = crate::samples::rescale(point.played, rate_in, rate_out);
        let from = if played == 0 { 0 } else { played + preroll };
        let mut source = open(bytes, gaps);
        source.seek(point, from, (from, u64::MAX)).unwrap();
        let part = rest(&mut source).unwrap();
        let expected = whole.get(from as usize * channels..).unwrap_or_default();
        assert_eq!(part.len(), expected.len(), "{name} at {played}");
        let differs = |(a, b): (&f32, &f32)| (a - b).abs() > tolerance;
        let wrong = part.iter().zip(expected).position(differs);
        assert_eq!(wrong, None, "{name} at {played}");
    }
    index.points.len()
}

/// A signal that never repeats.
const INPUT: &str = "-f lavfi -t 21 -i testsrc=size=64x36:rate=10 -itsoffset LATE -f lavfi -i \
                     aevalsrc=0.3*sin(2*PI*(200*t+40*t*t))|0.1*random(0):s=48000:d=21";

#[test]
fn gaps_late_starts_and_edits_do_not_move_what_follows_a_seek_point() {
    require_tool!("ffmpeg");
    let dir = tempfile::tempdir().unwrap();
    let input = INPUT.replace("LATE", "0.85");
    let drop = "-bsf:a noise=drop='between(n,100,140)+not(mod(n,13))'";
    for (name, args, preroll, tolerance) in [
        ("alac.mp4", "-c:v mpeg4 -c:a alac", 0, 1e-6),
        ("flac.mp4", "-c:v mpeg4 -strict -2 -c:a flac", 0, 1e-6),
        ("pcm.mov", "-c:v mpeg4 -c:a pcm_s16le", 0, 1e-6),
        ("aac.mp4", "-c:v mpeg4 -c:a aac -aac_pns 0", 4096, 1e-2),
        ("mp3.mp4", "-c:v mpeg4 -c:a libmp3lame", 24_000, 1e-2),
        ("opus.mp4", "-c:v mpeg4 -c:a libopus", 24_000, 2e-2),
        (
            "frag.mp4",
            "-c:v mpeg4 -g 10 -c:a aac -aac_pns 0 -movflags frag_keyframe+empty_moov+default_base_moof",
            4096,
            1e-2,
        ),
    ] {
        let bytes = ffmpeg(dir.path(), name, &format!("{input} {args}"));
        let count = check(name, &bytes, Gaps::Keep, preroll, tolerance);
        assert!(count > 5, "{name}: {count}");
        if name == "pcm.mov" {
            continue;
        }
        std::fs::write(dir.path().join("whole.mp4"), &bytes).unwrap();
        let copy = format!("-i DIR/whole.mp4 -c copy -strict -2 {drop}");
        let bytes = ffmpeg(dir.path(), &format!("gaps-{name}"), &copy);
        check(name, &bytes, Gaps::Keep, preroll, tolerance);
        check(name, &bytes, Gaps::Close, preroll, tolerance);
    }
}

/// Replaces the edit list of the last track by pauses and parts, in ticks of 1/1000 and
/// 1/48000 seconds.
fn with_edits(bytes: &[u8], edits: &[(u32, i32)]) -> Vec<u8> {
    let find = |name: &[u8], before: usize| {
        let all = bytes[..before].windows(4);
        all.enumerate().rfind(|(_, four)| *four == name).unwrap().0 - 4
    };
    // The file ends with `moov`, whose chunk offsets do not depend on its own size.
    let (elst, moov) = (find(b"elst", bytes.len()), find(b"moov", bytes.len()));
    let (edts, trak) = (find(b"edts", elst), find(b"trak", elst));
    let size = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut list = vec![0; 4];
    list.extend((edits.len() as u32).to_be_bytes());
    for (length, start) in edits {
        list.extend(length.to_be_bytes());
        list.extend(start.to_be_bytes());
        list.extend([0, 1, 0, 0]);
    }
    let more = list.len() as i64 + 8 - i64::from(size(elst));
    let mut changed = bytes.to_vec();
    let end = elst + size(elst) as usize;
    changed.splice(elst + 8..end, list);
    for at in [elst, edts, trak, moov] {
        let new = (i64::from(size(at)) + more) as u32;
        changed[at..at + 4].copy_from_slice(&new.to_be_bytes());
    }
    changed
}

#[test]
fn seek_points_lie_in_the_edit_that_is_played() {
    require_tool!("ffmpeg");
    let dir = tempfile::tempdir().unwrap();
    let input = INPUT.replace("LATE", "0");
    for (name, args, preroll, tolerance) in [
        ("alac.mp4", "-c:v mpeg4 -c:a alac", 0, 1e-6),
        ("aac.mp4", "-c:v mpeg4 -c:a aac -aac_pns 0", 4096, 1e-2),
    ] {
        let bytes = ffmpeg(dir.path(), name, &format!("{input} {args}"));
        let edited = with_edits(
            &bytes,
            &[
                (5000, 480_000),
                (1234, -1),
                (7000, 1024),
                (5000, 48_000 * 9 + 17),
                (3000, 48_000 * 15),
            ],
        );
        let count = check(name, &edited, Gaps::Keep, preroll, tolerance);
        assert!(count > 8, "{name}: {count}");
        // Another sample rate in the output.
        let other = ffmpeg(dir.path(), name, &format!("{input} -ar 44100 {args}"));
        let edited = with_edits(&other, &[(5000, 441_000), (777, -1), (12_000, 1024)]);
        check(name, &edited, Gaps::Keep, 4096, 1e-2);
    }
}
