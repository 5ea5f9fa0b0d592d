//! DV, compared with ffmpeg's demuxer and its decode.

use std::path::Path;

use tonearm_media_core::TrackSelector;
use tonearm_test_tools::require_tool;

use crate::fixtures::{Fixtures, tones_input};
use crate::packets::{Packets, check, open_track, ours, read_all};

/// Bytes of a DIF block, and of a sequence.
const BLOCK: usize = 80;
const SEQUENCE: usize = 150 * BLOCK;

fn make(fixtures: &Fixtures, name: &str, target: &str) -> std::path::PathBuf {
    let video = "-f lavfi -t 1 -i testsrc=size=720x576:rate=25";
    let tones = tones_input(48_000, 2);
    fixtures.ffmpeg(name, &format!("{video} {tones} -t 1 -target {target} OUT"))
}

/// Changes the packs that describe the audio: samples per frame, and sampling frequency with
/// quantization.
fn describe(path: &Path, size: u8, quantization: u8) {
    let mut bytes = std::fs::read(path).unwrap();
    for sequence in bytes.chunks_mut(SEQUENCE) {
        for block in 0..9 {
            let at = (6 + 16 * block) * BLOCK + 3;
            if sequence[at] == 0x50 {
                sequence[at + 1] = sequence[at + 1] & 0xc0 | size;
                sequence[at + 4] = sequence[at + 4] & 0xc0 | quantization;
            }
        }
    }
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn dv_has_the_samples_of_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for target in ["pal-dv", "ntsc-dv"] {
        let path = make(&fixtures, "a.dv", target);
        let packets = check(&path);
        assert!(packets.data.iter().any(|&byte| byte != 0), "{target}");
        // 44.1 and 32 kHz, and 12 bits with two channels in each half.
        for (size, quantization) in [(20, 0o10), (14, 0o20), (14, 0o21)] {
            describe(&path, size, quantization);
            check(&path);
        }
        // The second pair of channels.
        let mut second = open_track(&path, TrackSelector::Number(2)).unwrap();
        let second = read_all(&mut *second);
        assert_eq!(second.sizes, ours(&path).sizes);
        assert_ne!(second.data, ours(&path).data);
    }
}

#[test]
fn damage_in_dv_costs_a_frame() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = make(&fixtures, "a.dv", "pal-dv");
    let whole = ours(&path);
    let bytes = std::fs::read(&path).unwrap();
    let frame = 12 * SEQUENCE;
    let changed = |change: &dyn Fn(&mut Vec<u8>)| -> Packets {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        ours(&path)
    };
    let zeros = changed(&|bytes| bytes[3 * frame..4 * frame].fill(0));
    assert_eq!(zeros.sizes.len(), whole.sizes.len() - 1);
    assert_eq!(zeros.times.last(), whole.times.last());
    let cut = changed(&|bytes| {
        bytes.drain(3 * frame + 100..3 * frame + 1100);
    });
    assert!(cut.sizes.len() >= whole.sizes.len() - 2);
    // Blocks that are no longer blocks of audio are silence.
    let silent = changed(&|bytes| {
        bytes[2 * frame..3 * frame]
            .chunks_mut(BLOCK)
            .skip(160)
            .for_each(|block| block[0] = 0);
    });
    assert_eq!(silent.sizes, whole.sizes);
    let truncated = changed(&|bytes| bytes.truncate(10 * frame + 50));
    assert_eq!((truncated.sizes.len(), truncated.is_truncated), (10, true));
}

#[test]
fn dv_without_sound_has_no_track() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg(
        "a.dv",
        "-f lavfi -t 1 -i testsrc=size=720x576:rate=25 -c:v dvvideo -pix_fmt yuv420p OUT",
    );
    let error = open_track(&path, TrackSelector::Default).err().unwrap();
    assert_eq!(error.code(), "no_audio_track");
}

/// As camcorders were captured: an AVI file whose only stream has picture and sound.
#[test]
fn dv_in_avi_has_the_same_packets() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (target, sequences) in [("pal-dv", 12), ("ntsc-dv", 10)] {
        let path = make(&fixtures, "a.dv", target);
        let raw = ours(&path);
        let bytes = std::fs::read(&path).unwrap();
        let frames: Vec<&[u8]> = bytes.chunks_exact(sequences * SEQUENCE).collect();
        let path = fixtures.path("a.avi");
        std::fs::write(&path, avi(&frames)).unwrap();
        let packets = ours(&path);
        assert_eq!(packets.sizes, raw.sizes, "{target}");
        assert_eq!(packets.times, raw.times, "{target}");
        assert!(packets.data == raw.data, "{target}");
    }
}

fn avi(frames: &[&[u8]]) -> Vec<u8> {
    let mut header = b"iavsdvsd".to_vec();
    header.resize(56, 0);
    header[20..28].copy_from_slice(&[1, 0, 0, 0, 25, 0, 0, 0]);
    let format = chunk(b"strf", &[0; 32]);
    let streams = list(
        b"hdrl",
        &list(b"strl", &[chunk(b"strh", &header), format].concat()),
    );
    let chunks: Vec<_> = frames.iter().map(|frame| chunk(b"00__", frame)).collect();
    let index = chunk(b"idx1", &[b'0'; 16].repeat(frames.len()));
    let data = [streams, list(b"movi", &chunks.concat()), index].concat();
    chunk(b"RIFF", &[b"AVI ".as_slice(), &data].concat())
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [id, &(body.len() as u32).to_le_bytes(), body].concat()
}

fn list(form: &[u8; 4], body: &[u8]) -> Vec<u8> {
    chunk(b"LIST", &[form, body].concat())
}
