use std::io::Cursor;

use tonearm_media_core::frame_header::flac::{self, Format};
use tonearm_media_core::{Demuxer, Input, Packet, ReadStep, TrackSelector};

use super::metadata::StreamInfo;
use super::{detect, open};

const CD: Format = Format {
    rate: 44_100,
    channels: 2,
    bits: 16,
};
const MONO: Format = Format {
    rate: 48_000,
    channels: 1,
    bits: 24,
};
/// Samples of a frame.
const BLOCK: u64 = 4096;

/// A frame of constant samples.
fn frame(number: u8, format: Format) -> Vec<u8> {
    let rate = if format.rate == 44_100 { 9 } else { 10 };
    let bits = if format.bits == 16 { 4 } else { 6 };
    let mut bytes = vec![
        0xff,
        0xf8,
        0xc0 | rate,
        (format.channels - 1) << 4 | bits << 1,
    ];
    bytes.push(number);
    bytes.push(0);
    // The checksum of the header is the one that makes it valid.
    for checksum in 0..=255 {
        bytes[5] = checksum;
        if flac::parse(&bytes, None).is_some() {
            break;
        }
    }
    for channel in 0..format.channels {
        bytes.push(0);
        bytes.extend(vec![number ^ channel; usize::from(format.bits / 8)]);
    }
    let crc = flac::crc16(0, &bytes);
    bytes.extend(crc.to_be_bytes());
    bytes
}

fn frames(numbers: std::ops::Range<u8>, format: Format) -> Vec<u8> {
    numbers.flat_map(|number| frame(number, format)).collect()
}

/// The signature and STREAMINFO; zero samples are unknown.
fn header(format: Format, samples: u64) -> Vec<u8> {
    let mut info = StreamInfo::of_format(format).track().params.config;
    let length = (BLOCK as u16).to_be_bytes();
    info[..4].copy_from_slice(&[length, length].concat());
    info[14..18].copy_from_slice(&(samples as u32).to_be_bytes());
    [b"fLaC\x80\0\0\x22".as_slice(), &info].concat()
}

fn open_bytes(bytes: &[u8]) -> Box<dyn Demuxer> {
    let input = Input::new(Cursor::new(bytes.to_vec())).unwrap();
    open(input, 0, &TrackSelector::Default.into()).unwrap()
}

/// Frames, as their number and their time in samples of 44.1 kHz; and how reading ended.
fn read(demuxer: &mut dyn Demuxer) -> (Vec<(u8, i64)>, Vec<u32>, &'static str) {
    let (mut packets, mut rates) = (Vec::new(), Vec::new());
    let mut packet = Packet::default();
    loop {
        match demuxer.next(&mut packet) {
            Ok(ReadStep::Packet) => {
                assert_eq!(packet.ticks, BLOCK);
                let time = packet.time.unwrap() as f64 * 44.1 / 1e6;
                packets.push((packet.data[4], time.round() as i64));
            }
            Ok(ReadStep::NewTrack) => rates.push(demuxer.track().tick_rate),
            Ok(ReadStep::Busy) => {}
            Ok(ReadStep::End) => return (packets, rates, "end"),
            Err(error) => return (packets, rates, error.code()),
        }
    }
}

fn read_bytes(bytes: &[u8]) -> (Vec<(u8, i64)>, &'static str) {
    let (packets, _, end) = read(&mut *open_bytes(bytes));
    (packets, end)
}

/// Frames of these numbers at their places.
fn in_place(numbers: impl IntoIterator<Item = u8>) -> Vec<(u8, i64)> {
    let numbers = numbers.into_iter();
    numbers.map(|n| (n, i64::from(n) * BLOCK as i64)).collect()
}

#[test]
fn frames_are_at_the_places_that_their_numbers_state() {
    let file = [header(CD, 20 * BLOCK), frames(0..20, CD)].concat();
    assert_eq!(read_bytes(&file), (in_place(0..20), "end"));
    let demuxer = open_bytes(&file);
    assert_eq!(
        demuxer.track().seconds,
        Some(20.0 * BLOCK as f64 / 44_100.0)
    );
    // The same without a length, and with a tag at the end.
    let tag = [b"TAG".as_slice(), &[0; 125]].concat();
    let file = [header(CD, 0), frames(0..20, CD), tag].concat();
    assert_eq!(read_bytes(&file), (in_place(0..20), "end"));
}

#[test]
fn after_damage_frames_are_at_their_places() {
    let start = header(CD, 0).len();
    let size = frame(0, CD).len();
    let file = [header(CD, 20 * BLOCK), frames(0..20, CD)].concat();
    let at = |number: usize| start + number * size;
    // A damaged header is lost within the frame before it.
    let mut bytes = file.clone();
    bytes[at(5) + 1] = 0;
    let others = (0..20).filter(|&number| number != 5);
    assert_eq!(read_bytes(&bytes), (in_place(others), "end"));
    // A damaged frame is left to the decoder.
    let mut bytes = file.clone();
    bytes[at(5) + 8] ^= 0x40;
    assert_eq!(read_bytes(&bytes), (in_place(0..20), "end"));
    // Bytes that are missing or zero.
    let mut bytes = file.clone();
    bytes[at(5) + 2..at(9) + 3].fill(0);
    let others = (0..20).filter(|number| !(5..10).contains(number));
    assert_eq!(read_bytes(&bytes), (in_place(others.clone()), "end"));
    let mut bytes = file;
    bytes.drain(at(5) + 2..at(9) + 3);
    assert_eq!(read_bytes(&bytes), (in_place(others), "end"));
}

#[test]
fn the_first_frames_of_a_damaged_file_are_a_gap() {
    let file = [header(CD, 20 * BLOCK), frames(0..20, CD)].concat();
    let start = header(CD, 0).len();
    let mut bytes = file;
    bytes[start..start + 3 * frame(0, CD).len()].fill(0);
    assert_eq!(read_bytes(&bytes), (in_place(3..20), "end"));
}

#[test]
fn junk_before_the_first_frame_is_skipped() {
    // Some of it looks like headers of frames.
    let junk = [[0xff, 0xf8, 0x69, 0x98, 0x00, 0x0f, 0x99, 0x12]; 40].concat();
    let file = [header(CD, 5 * BLOCK), vec![0], junk, frames(0..5, CD)].concat();
    assert_eq!(read_bytes(&file), (in_place(0..5), "end"));
}

#[test]
fn a_stream_that_was_cut_begins_at_once() {
    let file = frames(100..110, CD);
    assert!(detect(&file));
    let expected = (0..10).map(|n| (100 + n, i64::from(n) * BLOCK as i64));
    assert_eq!(read_bytes(&file), (expected.collect(), "end"));
    assert!(!detect(b"\xff\xf9\x50\x80\x01\x7f\xfc"));
}

#[test]
fn a_file_that_was_cut_off_is_damaged() {
    let file = [header(CD, 20 * BLOCK), frames(0..20, CD)].concat();
    let size = frame(0, CD).len();
    for missing in [size, size + 1, 3 * size - 2] {
        let (packets, end) = read_bytes(&file[..file.len() - missing]);
        assert_eq!(end, "damaged_media");
        assert_eq!(packets.len(), 20 - missing.div_ceil(size), "{missing}");
    }
    // Whether the last frame is complete is left to the decoder.
    let (packets, end) = read_bytes(&file[..file.len() - 1]);
    assert_eq!((packets.len(), end), (20, "end"));
}

#[test]
fn a_change_of_the_format_is_a_new_track() {
    let file = [
        header(CD, 0),
        frames(0..5, CD),
        frames(5..8, MONO),
        frames(8..9, CD),
    ]
    .concat();
    let (packets, rates, end) = read(&mut *open_bytes(&file));
    assert_eq!(
        (packets.len(), rates, end),
        (9, vec![48_000, 44_100], "end")
    );
    // Time continues: 5 frames at 44.1 kHz and 3 at 48 kHz.
    let expected = 5.0 * BLOCK as f64 + 3.0 * BLOCK as f64 * 44.1 / 48.0;
    assert_eq!(packets[8].1, expected.round() as i64);
}

#[test]
fn streams_that_were_joined_follow_one_another() {
    for second in [CD, MONO] {
        let file = [
            header(CD, 5 * BLOCK),
            frames(0..5, CD),
            header(second, 3 * BLOCK),
            frames(0..3, second),
        ]
        .concat();
        let (packets, rates, end) = read(&mut *open_bytes(&file));
        assert_eq!((packets.len(), end), (8, "end"));
        assert_eq!(rates.len(), usize::from(second != CD));
        assert_eq!(packets[5], (0, 5 * BLOCK as i64));
    }
    // The same without headers in between.
    let file = [frames(0..5, CD), frames(0..3, CD)].concat();
    let times: Vec<_> = read_bytes(&file).0.iter().map(|packet| packet.1).collect();
    assert_eq!(times, (0..8).map(|n| n * BLOCK as i64).collect::<Vec<_>>());
}

#[test]
fn reading_resumes_at_every_position() {
    let mut file = [header(CD, 20 * BLOCK), frames(0..20, CD)].concat();
    file[200] ^= 0x40;
    let mut demuxer = open_bytes(&file);
    let all = read_bytes(&file).0;
    let mut packet = Packet::default();
    let mut positions = Vec::new();
    for at in 0..all.len() {
        positions.push((demuxer.position().unwrap(), at));
        while demuxer.skip_packet(&mut packet).unwrap() != ReadStep::Packet {}
        assert!(packet.data.is_empty());
    }
    for (position, at) in positions {
        demuxer.seek(position).unwrap();
        assert_eq!(read(&mut *demuxer).0, all[at..], "{at}");
    }
}

#[test]
fn a_header_within_the_first_frame_does_not_depend_on_where_reading_began() {
    // A frame whose end another one precedes, after bytes that are no frame.
    let inner = frame(9, CD);
    let file = [&[0; 50], frame(3, CD).as_slice(), &inner, &frame(4, CD)].concat();
    let mut demuxer = open_bytes(&file);
    let start = demuxer.position().unwrap();
    let first = read(&mut *demuxer).0;
    demuxer.seek(start).unwrap();
    assert_eq!(read(&mut *demuxer).0, first);
}
