//! Chapters of a file, and in the tag of its copy.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use tonearm_media::{Gaps, Limits, OpenedFile, Selection};
use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, mp3};
use crate::fixtures::Fixtures;
use crate::remuxing;

/// Writes FFmpeg's metadata format with `count` chapters of `each` milliseconds.
fn list(fixtures: &Fixtures, count: usize, each: usize) {
    let chapters = (0..count).map(|n| {
        let (start, end) = (n * each, (n + 1) * each);
        format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle=Kapitel {n} ü\n")
    });
    let text: String = std::iter::once(";FFMETADATA1\n".to_owned())
        .chain(chapters)
        .collect();
    std::fs::write(fixtures.path("chapters.txt"), text).unwrap();
}

fn with_chapters(fixtures: &Fixtures, name: &str, codec: &str, count: usize) -> PathBuf {
    list(fixtures, count, 4000 / count);
    let args = format!(
        "-f lavfi -t 4 -i sine=r=44100 -f ffmetadata -i DIR/chapters.txt -map 0 -map_metadata 1 \
         -map_chapters 1 -c:a {codec} OUT"
    );
    fixtures.ffmpeg(name, &args)
}

#[test]
fn chapters_are_read_with_their_times_and_titles() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [
        ("a.mp4", "aac"),
        ("a.mov", "pcm_s16le"),
        ("a.mkv", "flac"),
        ("a.mp3", "libmp3lame"),
        ("a.wma", "libmp3lame"),
    ] {
        for count in [10, 1000] {
            let path = with_chapters(&fixtures, name, codec, count);
            let chapters = decode_file(&path).unwrap().info.tags.chapters;
            assert_eq!(chapters.len(), count, "{name}");
            let each = 4000 / count as u128;
            for (n, chapter) in chapters.iter().enumerate() {
                assert_eq!(chapter.start.as_millis(), n as u128 * each, "{name}");
                assert_eq!(chapter.title, format!("Kapitel {n} ü"), "{name}");
            }
        }
    }
}

/// The chapters are stated on the time axis of a player.
#[test]
fn chapters_are_shifted_by_the_gaps_that_are_closed() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = with_chapters(&fixtures, "whole.mkv", "pcm_s16le -af asetnsamples=441", 4);
    // 1.0 to 2.5 s are missing, so chapters begin at 0, 1, 2 and 3 s, and audio at 2.5 s.
    let drop = "-i DIR/whole.mkv -c copy -bsf:a noise=drop='between(n,100,249)' OUT";
    let path = fixtures.ffmpeg(
        "gap.mkv",
        &drop.replace("DIR/whole.mkv", path.to_str().unwrap()),
    );
    let starts = |gaps: Gaps| -> Vec<u128> {
        let file = OpenedFile::open(File::open(&path).unwrap(), &Limits::default()).unwrap();
        let selection = Selection {
            gaps,
            ..Selection::default()
        };
        let mut go_on = || ControlFlow::Continue(());
        let chapters = file.chapters(&mp3(), &selection, &mut go_on).unwrap();
        chapters.iter().map(|one| one.start.as_millis()).collect()
    };
    assert_eq!(starts(Gaps::Keep), [0, 1000, 2000, 3000]);
    assert_eq!(starts(Gaps::Close), [0, 1000, 1000, 1500]);
}

/// Start in milliseconds and title of each chapter, as ffprobe reads them.
fn probed(path: &Path) -> Vec<(u64, String)> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_chapters", "-of", "csv=p=0"])
        .args(["-show_entries", "chapter=start:chapter_tags=title"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(','));
    lines
        .map(|(start, title)| (start.parse().unwrap(), title.to_owned()))
        .collect()
}

#[test]
fn a_copied_mp3_keeps_its_chapters() {
    require_tool!("ffmpeg");
    require_tool!("ffprobe");
    let fixtures = Fixtures::new();
    for (name, count) in [("a.mov", 10), ("a.mp3", 10), ("a.mp4", 1000)] {
        let path = with_chapters(&fixtures, name, "libmp3lame", count);
        let (copied, _) = remuxing::copy(&fixtures, &path);
        let found = probed(&copied);
        assert_eq!(found.len(), count, "{name}");
        let each = 4000 / count as u64;
        for (n, chapter) in found.iter().enumerate() {
            let expected = (n as u64 * each, format!("Kapitel {n} ü"));
            assert_eq!(*chapter, expected, "{name}");
        }
    }
}
