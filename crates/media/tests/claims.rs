//! Small files that claim to be huge. The tests count bytes read, heap and decoded blocks,
//! and compare them with the real size of the file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::alloc::System;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cap::Cap;
use tonearm_media::{FileError, Limits, OpenedFile, PcmSource, PluginDecoders, Selection, Target};

/// Returns from a test where the plugin has no decoders: the files are in AAC at 16 kHz.
macro_rules! require_libavcodec {
    () => {
        if !tonearm_test_tools::has("libavcodec", decoder_libavcodec::HAS_LIBAVCODEC) {
            return;
        }
    };
}

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// Most heap bytes for a file of a few kilobytes. The tables of decoders take some hundred
/// kilobytes.
const MAX_HEAP: usize = 4 << 20;
/// Most reads of each byte of a file.
const MAX_READS: u64 = 40;
/// Most blocks for a tenth of a second of audio.
const MAX_BLOCKS: u64 = 300;

/// A real file and the changes that make it claim too much.
struct Claim {
    what: &'static str,
    file: &'static str,
    /// A byte sequence, an offset from its start, and the bytes that are written there.
    changes: &'static [(&'static [u8], usize, &'static [u8])],
    limits: Limits,
    /// The expected error code, or `None` where decoding succeeds.
    code: Option<&'static str>,
}

const HUGE: &[u8] = &[0xff; 4];
/// 36,000 seconds in ticks of 8 kHz.
const TEN_HOURS_AT_8_KHZ: &[u8] = &(36_000u32 * 8000).to_be_bytes();
/// 36,000 seconds in ticks of 16 kHz.
const TEN_HOURS_AT_16_KHZ: &[u8] = &(36_000u32 * 16_000).to_be_bytes();

fn one_hour() -> Limits {
    Limits {
        max_seconds: 3600,
        ..Limits::default()
    }
}

fn claims() -> Vec<Claim> {
    let claim = |what, file, changes, code| Claim {
        what,
        file,
        changes,
        limits: Limits::default(),
        code,
    };
    vec![
        Claim {
            limits: one_hour(),
            ..claim(
                "an MP4 whose header states 10 hours, with a limit of one",
                "demux_mp4/ulaw.mov",
                &[(b"mdhd", 20, TEN_HOURS_AT_8_KHZ), (b"edts", 0, b"free")],
                Some("media_over_budget"),
            )
        },
        claim(
            "an MP4 whose header states 10 hours, with a fraction of a second of audio",
            "demux_mp4/aac.mp4",
            &[(b"mdhd", 20, TEN_HOURS_AT_16_KHZ)],
            None,
        ),
        claim(
            "an MP4 with 255 channels",
            "demux_mp4/ulaw.mov",
            &[(b"ulaw", 20, &[0, 255])],
            Some("media_over_budget"),
        ),
        claim(
            "4 billion samples with individual sizes",
            "demux_mp4/aac.mp4",
            &[(b"stsz", 12, HUGE)],
            None,
        ),
        claim(
            "4 billion samples of one byte",
            "demux_mp4/aac.mp4",
            &[
                (b"stsz", 8, &[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]),
                (b"stsc", 16, HUGE),
                (b"stts", 12, HUGE),
            ],
            Some("damaged_media"),
        ),
        claim(
            "4 billion chunks",
            "demux_mp4/aac.mp4",
            &[(b"stco", 8, HUGE), (b"stsc", 8, HUGE), (b"stts", 8, HUGE)],
            None,
        ),
        claim(
            "samples that last for days",
            "demux_mp4/aac.mp4",
            &[(b"stts", 12, &[0, 0, 255, 255, 255, 255, 255, 255])],
            None,
        ),
        claim(
            "a fragment of 4 billion samples",
            "demux_mp4/fragments.mp4",
            &[(b"trun", 8, HUGE)],
            None,
        ),
        claim(
            "a WAV of 4 GB",
            "demux_wav/16.wav",
            &[(b"RIFF", 4, HUGE), (b"data", 4, HUGE)],
            None,
        ),
        claim(
            "a WAV with 255 channels",
            "demux_wav/16.wav",
            &[(b"fmt ", 10, &[255, 0])],
            Some("media_over_budget"),
        ),
        claim(
            "a WAV at 4 GHz",
            "demux_wav/16.wav",
            &[(b"fmt ", 12, HUGE)],
            Some("media_over_budget"),
        ),
        claim(
            "an RF64 with a table of 4 billion entries",
            "demux_wav/rf64.wav",
            &[(b"ds64", 8 + 24, HUGE)],
            None,
        ),
        claim(
            "an AIFF with 255 channels",
            "demux_aiff/16.aiff",
            &[(b"COMM", 8, &[0, 255])],
            Some("media_over_budget"),
        ),
        claim(
            "a CAF with 4 billion packets",
            "demux_caf/alac.caf",
            &[(b"pakt", 12, &[0, 0, 0, 0, 255, 255, 255, 255])],
            Some("damaged_media"),
        ),
        claim(
            "a Matroska with 255 channels",
            "demux_matroska/pcm.mkv",
            &[(&[0x9f, 0x81], 2, &[255])],
            Some("media_over_budget"),
        ),
        claim(
            "an AVI whose lists are 4 GB long",
            "demux_avi/pcm.avi",
            &[(b"RIFF", 4, HUGE), (b"LIST", 4, &[0xff; 3])],
            Some("damaged_media"),
        ),
    ]
}

#[test]
fn resource_use_depends_on_the_size_of_a_file_and_not_on_its_claims() {
    require_libavcodec!();
    let mut failures = Vec::new();
    for claim in claims() {
        let what = claim.what;
        let bytes = file(&claim);
        let size = bytes.len() as u64;
        let read = Arc::new(AtomicU64::new(0));
        let reader = Counting {
            inner: Cursor::new(bytes),
            read: Arc::clone(&read),
        };
        let before = HEAP.allocated();
        // An allocation beyond this limit fails, and so does the test.
        HEAP.set_limit(before + MAX_HEAP).unwrap();
        let (outcome, blocks) = decode(reader, &claim.limits);
        HEAP.set_limit(usize::MAX).unwrap();
        let code = outcome.as_ref().err().map(FileError::code);
        let read = read.load(Ordering::Relaxed);
        if code != claim.code || blocks > MAX_BLOCKS || read > size * MAX_READS {
            failures.push(format!(
                "{what}: {outcome:?}, {blocks} blocks, {read} bytes read of {size}"
            ));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn the_item_limit_applies_to_every_container() {
    require_libavcodec!();
    for (name, items) in [
        ("demux_mp4/aac.mp4", 20),
        ("demux_mp4/fragments.mp4", 20),
        ("demux_matroska/aac.mkv", 5),
        ("demux_avi/mp3.avi", 5),
        ("demux_flv/aac.flv", 3),
        ("demux_mpeg_ts/aac.ts", 2),
        ("decode/a.ogg", 2),
    ] {
        let limits = Limits {
            max_items: items,
            ..Limits::default()
        };
        let error = decode(Cursor::new(corpus(name)), &limits).0.unwrap_err();
        let expected =
            format!("The file is too large: the limit is {items} parts of the container.");
        assert_eq!(error.to_string(), expected, "{name}");
        assert!(
            decode(Cursor::new(corpus(name)), &Limits::default())
                .0
                .is_ok(),
            "{name}"
        );
    }
}

fn corpus(name: &str) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    std::fs::read(directory.join(name)).unwrap()
}

fn file(claim: &Claim) -> Vec<u8> {
    let mut bytes = corpus(claim.file);
    for &(pattern, offset, new) in claim.changes {
        let pattern_start = bytes
            .windows(pattern.len())
            .position(|window| window == pattern);
        let at = pattern_start.expect(claim.what) + offset;
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

/// Decodes to the end. Returns the outcome and the number of blocks.
fn decode<R: Read + Seek + Send + 'static>(
    reader: R,
    limits: &Limits,
) -> (Result<(), FileError>, u64) {
    let target = Target {
        sample_rates: vec![8000, 16_000, 44_100, 48_000],
        max_channels: 2,
    };
    let mut blocks = 0;
    let plugin = Arc::new(PluginDecoders(decoder_libavcodec::Plugin::new()));
    let decode_all = || {
        let mut source = PcmSource::open(
            OpenedFile::open(reader, limits)?.with_plugin(plugin),
            &target,
            &Selection::default(),
        )?;
        let mut block = Vec::new();
        while source.next_block(&mut block)? {
            blocks += 1;
        }
        Ok(())
    };
    let outcome = decode_all();
    (outcome, blocks)
}

struct Counting {
    inner: Cursor<Vec<u8>>,
    read: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// The corpus contains the seeds of the fuzz targets and every input that once failed.
#[test]
fn every_file_of_the_fuzz_corpus_stays_within_the_limits() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let limits = Limits {
        max_seconds: 60,
        ..Limits::default()
    };
    let mut count = 0;
    for target in std::fs::read_dir(directory).unwrap() {
        for file in std::fs::read_dir(target.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            HEAP.set_limit(HEAP.allocated() + 2 * MAX_HEAP).unwrap();
            let (_, blocks) = decode(Cursor::new(bytes), &limits);
            HEAP.set_limit(usize::MAX).unwrap();
            assert!(blocks <= MAX_BLOCKS * 10);
            count += 1;
        }
    }
    assert!(count > 50, "{count} files");
}
