//! DTS and TrueHD are split as FFmpeg's parsers do: a core frame with its extensions, and an
//! access unit.

#![allow(
    clippy::unwrap_used,
    reason = "test helpers fail by panicking, as tests do"
)]

use tonearm_framing::framer::{Framer, Framing};
use tonearm_media_core::{Codec, Packet};

/// Lengths, samples and sample rates of the packets, whatever the size of the pushes.
fn packets(kind: &Framing, bytes: &[u8]) -> Vec<(usize, u64, u32, Codec)> {
    let split = |size: usize| {
        let mut framer = Framer::new(kind.clone());
        let mut packet = Packet::default();
        let mut found = Vec::new();
        let chunks = bytes.chunks(size).map(|chunk| (chunk, false));
        for (chunk, is_end) in chunks.chain([(&[][..], true)]) {
            framer.push(chunk);
            while let Some(info) = framer.find(is_end) {
                let format = info.format.clone().unwrap();
                framer.take(&info, &mut packet);
                found.push((
                    packet.data.len(),
                    packet.ticks,
                    format.sample_rate,
                    format.codec,
                ));
            }
        }
        found
    };
    let whole = split(bytes.len());
    for size in [1, 7, 100, 1000] {
        assert_eq!(split(size), whole, "{size}");
    }
    whole
}

/// Packs fields of value and width.
fn pack(fields: &[(u32, u32)], length: usize) -> Vec<u8> {
    let bits = fields
        .iter()
        .flat_map(|&(value, width)| (0..width).rev().map(move |bit| value >> bit & 1));
    let bits: Vec<u32> = bits.collect();
    let byte = |bits: &[u32]| bits.iter().fold(0, |byte, &bit| byte << 1 | bit as u8);
    let mut bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    bytes.resize(length, 0x55);
    bytes
}

/// A core frame of DTS: 16 blocks of 32 samples at 48 kHz.
fn core(length: u32) -> Vec<u8> {
    let fields = [
        (0x7ffe_8001, 32),
        (1, 1),
        (31, 5),
        (0, 1),
        (15, 7),
        (length - 1, 14),
        (2, 6),
        (13, 4),
        (15, 5),
        (0, 9),
    ];
    pack(&fields, length as usize)
}

/// An extension substream of DTS with a header of 16 bytes, of 512 samples at 48 kHz.
fn extension(length: u32, index: u32) -> Vec<u8> {
    let fields = [
        (0x6458_2025, 32),
        (0, 8),
        (index, 2),
        (0, 1),
        (15, 8),
        (length - 1, 16),
        (1, 1),
        (2, 2),
        (0, 3),
    ];
    pack(&fields, length as usize)
}

#[test]
fn a_dts_packet_has_the_core_and_its_extensions() {
    let packet = |length| (length, 512, 48_000, Codec::Dts);
    let plain: Vec<u8> = (0..5).flat_map(|_| core(200)).collect();
    assert_eq!(packets(&Framing::Dts, &plain), [packet(200); 5]);
    let with_extensions = [core(200), extension(150, 0), extension(60, 1)].concat();
    // The first extension belongs to a frame before.
    let all = [extension(150, 0), with_extensions.repeat(4)].concat();
    assert_eq!(packets(&Framing::Dts, &all), [packet(410); 4]);
    // As on a CD.
    let padded = [core(200), vec![0; 56]].concat().repeat(4);
    let found = packets(&Framing::Dts, &padded);
    assert_eq!(found[..3], [packet(256); 3]);
    assert_eq!(found.len(), 4);
}

#[test]
fn dts_express_has_no_core() {
    let all = extension(150, 0).repeat(4);
    let found = packets(&Framing::Dts, &all);
    assert_eq!(found, [(150, 512, 48_000, Codec::Dts); 4]);
}

/// An access unit of TrueHD with one substream.
fn unit(length: usize, has_sync: bool) -> Vec<u8> {
    let sync: &[u8] = &[
        0xf8, 0x72, 0x6f, 0xba, 0x00, 0x00, 0x80, 0x01, 0xb7, 0x52, 0x00, 0x00, 0x00, 0x00, 0x8c,
        0x7f, 0x11, 0x05, 0x54, 0x00, 0x00, 0x00, 0x80, 0x80, 0x00, 0x00, 0x84, 0x1d,
    ];
    let mut bytes = vec![0, (length / 2) as u8, 0x12, 0x34];
    if has_sync {
        bytes.extend_from_slice(sync);
    }
    let at = bytes.len();
    bytes.extend([0x20, 0x26]);
    bytes.resize(length, 0x11);
    let head = bytes[..4].iter().chain(&bytes[at..at + 2]);
    let parity = head.fold(0, |sum, byte| sum ^ byte);
    // The first four bits make the parity odd.
    bytes[0] |= (parity >> 4 ^ parity ^ 15) << 4;
    bytes
}

#[test]
fn a_truehd_packet_is_an_access_unit() {
    let ac3 = [0x0b, 0x77, 0, 0, 0x00, 0x40, 0x40, 0x00];
    let mut core = ac3.to_vec();
    core.resize(128, 7);
    let sizes = [60, 20, 24, 30, 64, 22];
    let units: Vec<Vec<u8>> = sizes.iter().map(|&size| unit(size, size >= 60)).collect();
    // AC-3 frames between the units are skipped; units before the first major sync are lost.
    let all = [
        unit(30, false),
        units[0].clone(),
        units[1].clone(),
        core.clone(),
        units[2..].concat(),
        core,
    ]
    .concat();
    let expected = sizes.map(|size| (size, 40, 48_000, Codec::TrueHd));
    assert_eq!(packets(&Framing::Mlp, &all), expected);
}
