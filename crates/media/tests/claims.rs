//! Small files that claim to be huge cost nothing: bytes read, memory and steps
//! are counted, against what the file really holds.

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
use tonearm_media::{FileError, Limits, OpenedFile, PcmSource, Selection, Target};

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// Heap for a file of a few kilobytes: decoders have tables of some hundred.
const MEMORY: usize = 4 << 20;
/// Times that the whole file may be read.
const READINGS: u64 = 40;
/// Blocks of sound that a tenth of a second may come in.
const BLOCKS: u64 = 300;

/// A real file, what is changed in it (where: so many bytes after these), and the
/// error, or none where it just ends.
struct Claim {
    what: &'static str,
    file: &'static str,
    changes: &'static [(&'static [u8], usize, &'static [u8])],
    limits: Limits,
    code: Option<&'static str>,
}

const HUGE: &[u8] = &[0xff; 4];
/// 36,000 seconds in ticks of 16 kHz.
const TEN_HOURS_AT_8_KHZ: &[u8] = &(36_000u32 * 8000).to_be_bytes();
const TEN_HOURS: &[u8] = &(36_000u32 * 16_000).to_be_bytes();

fn plenty() -> Limits {
    Limits::default()
}

fn an_hour() -> Limits {
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
        limits: plenty(),
        code,
    };
    vec![
        Claim {
            limits: an_hour(),
            ..claim(
                "an MP4 of 10 hours by its header, of which one is allowed",
                "demux_mp4/ulaw.mov",
                &[(b"mdhd", 20, TEN_HOURS_AT_8_KHZ), (b"edts", 0, b"free")],
                Some("media_over_budget"),
            )
        },
        claim(
            "an MP4 of 10 hours by its header, which has a moment of it",
            "demux_mp4/aac.mp4",
            &[(b"mdhd", 20, TEN_HOURS)],
            None,
        ),
        claim(
            "an MP4 with 255 channels",
            "demux_mp4/ulaw.mov",
            &[(b"ulaw", 20, &[0, 255])],
            Some("media_over_budget"),
        ),
        claim(
            "4 billion samples of sizes of their own",
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
fn a_small_file_that_claims_to_be_huge_costs_nothing() {
    let mut wrong = Vec::new();
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
        // A request beyond this fails, and the test with it.
        HEAP.set_limit(before + MEMORY).unwrap();
        let (outcome, blocks) = decode(reader, &claim.limits);
        HEAP.set_limit(usize::MAX).unwrap();
        let code = outcome.as_ref().err().map(FileError::code);
        let read = read.load(Ordering::Relaxed);
        if code != claim.code || blocks > BLOCKS || read > size * READINGS {
            wrong.push(format!(
                "{what}: {outcome:?}, {blocks} blocks, {read} bytes read of {size}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_parts_of_a_container_are_counted() {
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
            ..plenty()
        };
        let error = decode(Cursor::new(corpus(name)), &limits).0.unwrap_err();
        let expected =
            format!("The file is too large: the limit is {items} parts of the container.");
        assert_eq!(error.to_string(), expected, "{name}");
        assert!(
            decode(Cursor::new(corpus(name)), &plenty()).0.is_ok(),
            "{name}"
        );
    }
}

fn corpus(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    std::fs::read(folder.join(name)).unwrap()
}

fn file(claim: &Claim) -> Vec<u8> {
    let mut bytes = corpus(claim.file);
    for &(mark, offset, new) in claim.changes {
        let found = bytes.windows(mark.len()).position(|window| window == mark);
        let at = found.expect(claim.what) + offset;
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

/// Decodes to the end; says how many blocks came out.
fn decode<R: Read + Seek + Send + 'static>(
    reader: R,
    limits: &Limits,
) -> (Result<(), FileError>, u64) {
    let target = Target {
        sample_rates: vec![8000, 16_000, 44_100, 48_000],
        max_channels: 2,
    };
    let mut blocks = 0;
    let run = || {
        let mut source = PcmSource::open(
            OpenedFile::open(reader, limits)?,
            &target,
            &Selection::default(),
        )?;
        let mut block = Vec::new();
        while source.next_block(&mut block)? {
            blocks += 1;
        }
        Ok(())
    };
    let outcome = run();
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

/// What the fuzz targets start from, and what broke one of them once.
#[test]
fn no_file_of_the_fuzz_corpus_takes_more_than_its_budget() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let limits = Limits {
        max_seconds: 60,
        ..plenty()
    };
    let mut count = 0;
    for target in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(target.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            HEAP.set_limit(HEAP.allocated() + 2 * MEMORY).unwrap();
            let (_, blocks) = decode(Cursor::new(bytes), &limits);
            HEAP.set_limit(usize::MAX).unwrap();
            assert!(blocks <= BLOCKS * 10);
            count += 1;
        }
    }
    assert!(count > 50, "{count} files");
}
