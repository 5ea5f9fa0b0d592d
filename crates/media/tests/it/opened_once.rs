//! An attempt opens its file only once, however often it reads the audio.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tonearm_media::{
    Description, Limits, OpenedFile, PcmSource, RateControl, Selection, Target, TrackSelector,
    measure, plan,
};
use tonearm_test_tools::require_tool;

use crate::require_libavcodec;

use crate::decoding::plugin;
use crate::fixtures::Fixtures;

/// Counts reads of the first byte, at which the headers begin. (In a file without headers
/// it would be audio, which is read several times.)
struct Counting {
    file: File,
    at: u64,
    from_start: Arc<AtomicU32>,
}

impl Read for Counting {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == 0 {
            self.from_start.fetch_add(1, Ordering::Relaxed);
        }
        let count = self.file.read(buf)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

fn encoder() -> Description {
    Description {
        name: "an encoder".to_owned(),
        media_type: "audio/mpeg".to_owned(),
        extension: "mp3".to_owned(),
        sample_rates: vec![44_100, 48_000],
        max_channels: 2,
        max_block: 1152,
        lead_in: Some(8),
    }
}

/// Does everything that an attempt does with a file: detects MP3, plans segments, measures
/// loudness, and decodes. Returns how often the first byte was read.
fn attempt(path: &Path) -> u32 {
    let from_start = Arc::new(AtomicU32::new(0));
    let reader = Counting {
        file: File::open(path).unwrap(),
        at: 0,
        from_start: Arc::clone(&from_start),
    };
    let selection = Selection::default();
    let target = Target::from(&encoder());
    let mut file = OpenedFile::open(reader, &Limits::default())
        .unwrap()
        .with_plugin(plugin());
    assert!(!file.is_mp3(&TrackSelector::Default).unwrap());
    let mut source = PcmSource::open(file, &target, &selection).unwrap();
    let keep_going = || ControlFlow::Continue(());
    let quality = RateControl::Quality(2);
    plan(&mut source, &encoder(), quality, 1, &mut { keep_going }).unwrap();
    let loudness = measure(&mut source, &mut |_| keep_going()).unwrap();
    assert!(loudness.integrated.is_some());
    let mut source = PcmSource::open(source.into_file(), &target, &selection).unwrap();
    let (mut block, mut samples) = (Vec::new(), 0);
    while source.next_block(&mut block).unwrap() {
        samples += block.len();
    }
    assert!(samples > 100_000);
    from_start.load(Ordering::Relaxed)
}

#[test]
fn an_attempt_reads_the_headers_of_its_file_once() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    for (name, args) in [
        ("end.mp4", "-c:a aac"),
        ("front.mp4", "-c:a aac -movflags +faststart"),
        (
            "fragments.mp4",
            "-c:a aac -movflags +frag_keyframe+empty_moov",
        ),
        ("a.mkv", "-c:a aac"),
        ("a.webm", "-c:a libopus"),
        ("a.flv", "-c:a aac"),
        ("a.avi", "-c:a ac3"),
        ("a.wav", ""),
        ("a.aiff", ""),
        ("a.caf", ""),
        ("a.au", ""),
    ] {
        let path = fixtures.tones(name, 48_000, 2, args);
        // Once to detect the container, and at most once to open it.
        let count = attempt(&path);
        assert!(count <= 2, "{name}: {count}");
    }
}
