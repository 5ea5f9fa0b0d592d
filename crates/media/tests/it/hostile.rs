//! Hostile files: random bytes, mutations of real files, false headers. No file may cause a
//! panic or a hang, or exceed the limits.

use std::fs;
use std::io::Cursor;
use std::sync::OnceLock;

use proptest::prelude::*;
use tonearm_media::Limits;
use tonearm_test_tools::require_tool;

use crate::decoding::decode_reader;
use crate::fixtures::Fixtures;

/// Limits that keep every case short.
fn limits() -> Limits {
    Limits {
        max_seconds: 30,
        ..Limits::default()
    }
}

fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let fixtures = Fixtures::new();
        let files = [
            ("a.mp4", "-c:a aac"),
            ("b.mp4", "-c:a aac -movflags +frag_keyframe+empty_moov"),
            ("c.mov", "-c:a pcm_s24be"),
            ("d.m4a", "-c:a alac"),
            ("e.mkv", "-c:a libvorbis"),
            ("f.webm", "-c:a libopus"),
            ("g.mkv", "-c:a flac"),
            ("h.ogg", "-c:a libvorbis"),
            ("i.ogg", "-c:a libopus"),
            ("j.mp3", "-c:a libmp3lame"),
            ("k.aac", "-c:a aac"),
            ("l.flac", ""),
            ("m.wav", ""),
            ("n.wav", "-c:a adpcm_ms"),
            ("o.aiff", ""),
            ("p.caf", "-c:a alac"),
            ("q.avi", "-c:a libmp3lame"),
            ("r.avi", "-c:a adpcm_ms"),
            ("s.avi", "-c:a aac"),
            ("t.flv", "-ar 22050 -c:a libmp3lame"),
            ("u.flv", "-ar 44100 -c:a aac"),
            ("v.ts", "-c:a aac"),
            ("w.ts", "-c:a aac -mpegts_flags latm"),
            ("x.ts", "-ar 48000 -c:a libopus"),
            ("y.m2ts", "-ar 48000 -c:a ac3"),
            ("z.mpg", "-ar 48000 -c:a mp2"),
            ("aa.vob", "-ar 48000 -c:a ac3"),
            ("ab.ac3", "-ar 48000"),
            ("ac.eac3", "-ar 48000 -ac 6"),
            ("ad.wav", "-rf64 always"),
            ("ae.w64", ""),
            ("af.wav", "-c:a libmp3lame"),
            ("ag.mov", "-c:a adpcm_ima_qt"),
            ("ah.mov", "-c:a adpcm_ms"),
            ("ai.aifc", "-c:a adpcm_ima_qt -f aiff"),
            ("aj.mkv", "-c:a adpcm_ima_wav"),
            ("ak.caf", "-c:a pcm_s8"),
            ("al.latm", "-c:a aac -f latm"),
            ("am.m2ts", "-ar 48000 -c:a pcm_bluray"),
            ("an.vob", "-ar 48000 -c:a pcm_dvd -sample_fmt s32"),
            ("ao.m2ts", "-mpegts_m2ts_mode 1 -c:a aac"),
        ];
        let make = |(name, args): &(&str, &str)| {
            let path = fixtures.tones(name, 16_000, 2, &format!("-t 0.5 {args}"));
            fs::read(path).unwrap()
        };
        files.iter().map(make).collect()
    })
}

fn decode_without_panic(bytes: Vec<u8>) {
    let _ = decode_reader(Cursor::new(bytes), &limits());
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_bytes_after_a_signature_do_no_harm(
        signature in prop::sample::select(vec![
            &b"\0\0\0\x10ftypisom\0\0\0\0"[..], b"\0\0\0\0moov", b"\x1a\x45\xdf\xa3\x84\x42\x82\x81w",
            b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff", b"OggS\0\x02", b"fLaC\0\0\0\x22",
            b"RIFF\xff\xff\xff\xffWAVEfmt ", b"FORM\0\0\xff\xffAIFFCOMM", b"caff\0\x01\0\0desc",
            b"ID3\x04\0\0\0\0\0\0", b"\xff\xfb\x90\x64", b"\xff\xf1\x4c\x80", b"",
            b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xffhdrlLIST", b"RF64\xff\xff\xff\xffWAVEds64",
            b"FLV\x01\x05\0\0\0\x09\0\0\0\0\x08", b"\0\0\x01\xba\x44", b"\0\0\x01\xba\x21\0\0\0\0\0\0\0\0\0\x01\xc0",
            b"\x0b\x77\0\0\x14\x40\x43", b"\x0b\x77\x01\x7f\x3f\x80", b"riff\x2e\x91\xcf\x11",
            b"\x56\xe0\x10\x20",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        decode_without_panic([signature, &bytes].concat());
    }
}

#[test]
fn mutations_of_real_files_do_no_harm() {
    require_tool!("ffmpeg");
    proptest!(config(), |(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        near_start in any::<bool>(),
        keep in 1..=100usize,
    )| {
        let mut bytes = file.get(seeds()).clone();
        let length = bytes.len();
        bytes.truncate(length * keep / 100 + 1);
        let range = if near_start { bytes.len().min(1500) } else { bytes.len() };
        for (at, value) in changes {
            bytes[at.index(range)] = value;
        }
        decode_without_panic(bytes);
    });
}

#[test]
fn extreme_numbers_in_headers_do_no_harm() {
    require_tool!("ffmpeg");
    proptest!(config(), |(
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        value in prop::sample::select(vec![0u32, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x00ff_ffff]),
    )| {
        let mut bytes = file.get(seeds()).clone();
        let end = bytes.len().min(4000) - 4;
        let at = at.index(end);
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        decode_without_panic(bytes);
    });
}
