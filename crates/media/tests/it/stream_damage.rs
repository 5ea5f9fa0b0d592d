//! Damaged transport and program streams: what is lost is silence of its length.

use std::fs;
use std::io::Cursor;

use tonearm_media::Limits;
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_reader};
use crate::fixtures::Fixtures;

/// A small generator of numbers (xorshift), so that a failure repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// What happens to a stretch of a file.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Zeros(usize),
    Overwritten(usize),
    Missing(usize),
}

const DAMAGES: [Damage; 5] = [
    Damage::Zeros(64 << 10),
    Damage::Zeros(5000),
    Damage::Overwritten(400),
    Damage::Missing(1000),
    Damage::Missing(20_000),
];

fn damage(bytes: &mut Vec<u8>, damage: Damage, random: &mut Random) {
    let (Damage::Zeros(length) | Damage::Overwritten(length) | Damage::Missing(length)) = damage;
    // The beginning and the end, after which nothing has a timestamp, stay.
    let margin = bytes.len() / 8;
    let at = margin + random.below(bytes.len() - 2 * margin - length);
    let new = match damage {
        Damage::Zeros(length) => vec![0; length],
        Damage::Overwritten(length) => random.bytes(length),
        Damage::Missing(_) => Vec::new(),
    };
    bytes.splice(at..at + length, new);
}

/// Part of the time in which both are equally loud.
fn agreement(intact: &Decoded, damaged: &Decoded) -> f64 {
    const WINDOW: usize = 2400;
    let level = |samples: &[f32]| samples.iter().fold(0f32, |peak, at| peak.max(at.abs()));
    let (intact, damaged) = (intact.channel(0), damaged.channel(0));
    let windows = intact.chunks(WINDOW).zip(damaged.chunks(WINDOW));
    let equal = windows.filter(|(a, b)| (level(a) - level(b)).abs() < 0.1);
    equal.count() as f64 / intact.chunks(WINDOW).len() as f64
}

#[test]
fn the_length_survives_damage_of_any_kind() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    // Loud in every other second.
    let audio = "-f lavfi -i aevalsrc=0.5*sin(400*2*PI*t)*lt(mod(t\\,2)\\,1):s=48000:d=16:c=mono";
    let video = "-f lavfi -i testsrc=size=320x240:rate=25:d=16";
    for (name, args) in [
        ("aac.ts", "-c:v mpeg2video -b:v 1M -c:a aac"),
        ("mp2.ts", "-c:v mpeg2video -b:v 1M -c:a mp2 -b:a 128k"),
        ("ac3.m2ts", "-c:v mpeg2video -b:v 1M -c:a ac3"),
        (
            "mp2.mpg",
            "-c:v mpeg1video -b:v 1M -c:a mp2 -b:a 128k -f mpeg",
        ),
        ("ac3.vob", "-c:v mpeg2video -b:v 1M -c:a ac3 -f vob"),
        (
            "lpcm.vob",
            "-c:v mpeg2video -b:v 1M -c:a pcm_dvd -ac 2 -f vob",
        ),
    ] {
        let path = fixtures.ffmpeg(name, &format!("{video} {audio} {args} OUT"));
        let intact = decode_file(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        let mut random = Random(0x5eed);
        for kind in DAMAGES {
            for _ in 0..2 {
                let mut bytes = bytes.clone();
                damage(&mut bytes, kind, &mut random);
                let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
                let lost = intact.frames() as f64 - decoded.frames() as f64;
                assert!(lost.abs() < 0.06 * 48_000.0, "{name}, {kind:?}: {lost}");
                let agreement = agreement(&intact, &decoded);
                assert!(agreement > 0.9, "{name}, {kind:?}: {agreement}");
                assert!(!decoded.is_truncated, "{name}, {kind:?}");
            }
        }
    }
}
