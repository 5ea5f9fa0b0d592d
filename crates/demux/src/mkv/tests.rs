//! Files that no common writer makes.

use std::io::Cursor;

use miniz_oxide::deflate::compress_to_vec_zlib;
use tonearm_media_core::{Packet, ReadStep, TrackSelector};

use super::*;

/// An element with a size of four bytes.
fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let id = id.iter().skip_while(|&&byte| byte == 0);
    let size = 0x1000_0000 | u32::try_from(body.len()).unwrap();
    id.copied()
        .chain(size.to_be_bytes())
        .chain(body.iter().copied())
        .collect()
}

/// A file with one track of this codec, private data and encodings, and a block.
fn file(codec: &str, private: &[u8], encodings: &[u8], frame: &[u8]) -> Vec<u8> {
    let audio = [
        element(0xb5, &8000f32.to_be_bytes()),
        element(0x9f, &[1]),
        element(0x6264, &[16]),
    ];
    let track = [
        element(0xd7, &[1]),
        element(0x83, &[2]),
        element(0x86, codec.as_bytes()),
        element(0x63a2, private),
        element(0xe1, &audio.concat()),
        element(0x6d80, encodings),
    ];
    let block = [&[0x81, 0, 0, 0], frame].concat();
    let cluster = [element(0xe7, &[0]), element(id::SIMPLE_BLOCK, &block)];
    let segment = [
        element(id::TRACKS, &element(0xae, &track.concat())),
        element(id::CLUSTER, &cluster.concat()),
    ];
    [
        element(id::HEADER, &[]),
        element(id::SEGMENT, &segment.concat()),
    ]
    .concat()
}

fn opened(bytes: Vec<u8>) -> Box<dyn Demuxer> {
    let choice = TrackChoice::from(TrackSelector::Default);
    open(Input::new(Cursor::new(bytes)).unwrap(), 0, &choice).unwrap()
}

fn first_packet(demuxer: &mut dyn Demuxer) -> Vec<u8> {
    let mut packet = Packet::default();
    while demuxer.next(&mut packet).unwrap() == ReadStep::Busy {}
    packet.data
}

/// `ContentEncoding` with `ContentEncodingScope` and `ContentCompAlgo`.
fn encoding(scope: u8, algorithm: u8) -> Vec<u8> {
    let compression = element(0x5034, &element(0x4254, &[algorithm]));
    element(0x6240, &[element(0x5032, &[scope]), compression].concat())
}

#[test]
fn frames_that_are_compressed_by_zlib_are_read() {
    let sound = [7; 400];
    let packed = compress_to_vec_zlib(&sound, 6);
    // Compression by zlib is the default.
    for encoding in [encoding(1, 0), element(0x6240, &element(0x5034, &[]))] {
        let file = file("A_PCM/INT/LIT", &[], &encoding, &packed);
        assert_eq!(first_packet(&mut *opened(file)), sound);
    }
    // Damage makes the packet empty, and the conversion replaces it with silence.
    let file = file("A_PCM/INT/LIT", &[], &encoding(1, 0), &packed[..9]);
    assert_eq!(first_packet(&mut *opened(file)), []);
}

#[test]
fn private_data_that_is_compressed_by_zlib_is_read() {
    let private = [0x11, 0x90];
    let packed = compress_to_vec_zlib(&private, 6);
    let file = file("A_AAC", &packed, &encoding(2, 0), &[7; 4]);
    let mut demuxer = opened(file);
    assert_eq!(demuxer.track().params.config, private);
    assert_eq!(first_packet(&mut *demuxer), [7; 4]);
}

#[test]
fn other_compressions_are_refused_by_name() {
    let twice = [encoding(1, 0), encoding(1, 3)].concat();
    for (encodings, expected) in [
        (encoding(1, 1), "a compressed Matroska track"),
        (encoding(1, 2), "a compressed Matroska track"),
        (twice, "a Matroska track that is compressed twice"),
    ] {
        let demuxer = opened(file("A_AAC", &[0x11, 0x90], &encodings, &[7; 4]));
        assert_eq!(demuxer.track().codec_name.as_deref(), Some(expected));
    }
}
