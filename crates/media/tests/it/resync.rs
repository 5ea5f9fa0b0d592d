//! Damage in the middle of Matroska, WebM, AVI and FLV: at least as much is kept as ffmpeg
//! keeps, and what is lost is silence of its length.

use std::fs;
use std::io::Cursor;

use tonearm_media::Limits;
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_reader};
use crate::fixtures::{Fixtures, ffmpeg_decode};

const RATE: usize = 48_000;
const LENGTH: usize = 12;
/// A window of 10 ms.
const WINDOW: usize = RATE / 100;

/// A sequence of numbers that look random (Numerical Recipes, "ranqd1").
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }
}

/// Damages a file at an offset.
type Damage = fn(&mut Vec<u8>, usize, &mut Numbers);

const DAMAGES: [(&str, Damage); 4] = [
    ("overwritten", |bytes, at, numbers| {
        for byte in &mut bytes[at..at + 400] {
            *byte = numbers.next() as u8;
        }
    }),
    ("cut out", |bytes, at, _| {
        bytes.drain(at..at + 1000);
    }),
    ("one byte missing", |bytes, at, _| {
        bytes.remove(at);
    }),
    ("zeros", |bytes, at, _| bytes[at..at + 20_000].fill(0)),
];

/// Windows that are not silent.
fn audible(samples: &[f32]) -> usize {
    let is_audible = |window: &&[f32]| window.iter().any(|sample| sample.abs() > 0.05);
    samples.chunks(WINDOW).filter(is_audible).count()
}

#[test]
fn damage_in_the_middle_costs_no_more_than_with_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let sound = format!("-f lavfi -i sine=f=440:r={RATE}:d={LENGTH} -af volume=4");
    let mut numbers = Numbers(15);
    let mut worse = Vec::new();
    let mut count = 0;
    for (name, codec) in [
        ("aac.mkv", "-c:a aac -b:a 128k"),
        ("opus.webm", "-c:a libopus -b:a 128k"),
        ("mp3.avi", "-c:a libmp3lame -b:a 128k"),
        ("aac.flv", "-c:a aac -b:a 128k"),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{sound} {codec} OUT"));
        let intact = fs::read(&path).unwrap();
        let decode = |bytes: Vec<u8>| -> Decoded {
            decode_reader(Cursor::new(bytes), &Limits::default()).unwrap()
        };
        let whole = decode(intact.clone());
        for (kind, damage) in DAMAGES {
            for part in 0..3 {
                // The first is the place of the report; none reaches the end.
                let at = match part {
                    0 => intact.len() / 4,
                    _ => intact.len() / 20 + numbers.next() as usize % (intact.len() * 3 / 4),
                };
                let mut bytes = intact.clone();
                damage(&mut bytes, at, &mut numbers);
                let damaged = fixtures.path(&format!("damaged-{name}"));
                fs::write(&damaged, &bytes).unwrap();
                let ours = decode(bytes);
                let case = format!("{name}, {kind} at {at} of {}", intact.len());
                assert!(!ours.is_truncated, "{case}");
                let difference = ours.frames().abs_diff(whole.frames());
                let (kept, theirs) = (audible(&ours.samples), audible(&ffmpeg_decode(&damaged)));
                count += 1;
                if kept + 6 < theirs || difference >= RATE * 6 / 100 {
                    worse.push(format!("{case}: {kept} and {theirs}, {difference}"));
                }
            }
        }
    }
    // Where the header of the last cluster of Matroska is destroyed, no later one tells how much
    // is lost.
    assert!(worse.len() * 20 <= count, "{worse:#?} of {count}");
}

/// The blocks of such a cluster have no time, so they follow the audio before them.
#[test]
fn a_destroyed_header_of_a_matroska_cluster_costs_a_few_packets() {
    const CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let sound = format!("-f lavfi -i sine=f=440:r={RATE}:d={LENGTH} -af volume=4");
    let mut numbers = Numbers(7);
    for (name, args) in [
        ("known.mkv", "-c:a aac -b:a 128k -cluster_time_limit 2000"),
        (
            "open.webm",
            "-c:a libopus -b:a 128k -live 1 -cluster_time_limit 2000",
        ),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{sound} {args} OUT"));
        let intact = fs::read(&path).unwrap();
        let whole = decode_reader(Cursor::new(intact.clone()), &Limits::default()).unwrap();
        let headers = intact.windows(4).enumerate();
        let headers = headers.filter(|(_, id)| *id == CLUSTER).map(|(at, _)| at);
        let headers: Vec<usize> = headers.skip(1).collect();
        assert!(headers.len() >= 4, "{name}: {headers:?}");
        for header in headers {
            let mut bytes = intact.clone();
            for byte in &mut bytes[header..header + 40] {
                *byte = numbers.next() as u8;
            }
            let ours = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
            let case = format!("{name} at {header} of {}", intact.len());
            assert!(!ours.is_truncated, "{case}");
            let difference = ours.frames().abs_diff(whole.frames());
            assert!(difference < RATE * 6 / 100, "{case}: {difference}");
            let [kept, all] = [&ours, &whole].map(|decoded| audible(&decoded.samples));
            assert!(kept + 12 > all, "{case}: {kept} of {all}");
        }
    }
}

/// Only a file whose end is missing was cut off.
#[test]
fn a_missing_end_is_reported() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let sound = format!("-f lavfi -i sine=f=440:r={RATE}:d=4");
    for (name, codec) in [
        ("aac.mkv", "-c:a aac"),
        ("mp3.avi", "-c:a libmp3lame"),
        ("aac.flv", "-c:a aac"),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{sound} {codec} OUT"));
        let mut bytes = fs::read(&path).unwrap();
        // The middle is damaged as well.
        let middle = bytes.len() / 3;
        bytes[middle..middle + 300].fill(0x55);
        bytes.truncate(bytes.len() * 7 / 10);
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        assert!(decoded.is_truncated, "{name}");
        assert!(decoded.frames() > RATE * 5 / 2, "{name}");
    }
}
