use std::io::Cursor;

use tonearm_media_core::{
    Codec, CodecSet, Demuxer, Input, Packet, ReadStep, TrackChoice, TrackSelector,
};

use super::{crc, open};

/// Builds a file page by page.
#[derive(Clone, Default)]
struct Builder {
    bytes: Vec<u8>,
    /// Offsets of pages.
    pages: Vec<usize>,
    sequence: u32,
}

const FIRST: u8 = 2;
const LAST: u8 = 4;

impl Builder {
    fn page(mut self, serial: u32, flags: u8, granule: i64, packets: &[&[u8]]) -> Self {
        self.pages.push(self.bytes.len());
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(serial.to_le_bytes());
        page.extend(self.sequence.to_le_bytes());
        page.extend([0; 4]);
        self.sequence += 1;
        let lacing: Vec<u8> = packets
            .iter()
            .flat_map(|packet| {
                let full = std::iter::repeat_n(255, packet.len() / 255);
                full.chain([(packet.len() % 255) as u8])
            })
            .collect();
        page.push(lacing.len() as u8);
        page.extend(lacing);
        page.extend(packets.concat());
        let crc = crc::update(0, &page);
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        self.bytes.extend(page);
        self
    }

    fn opus_headers(self, serial: u32) -> Self {
        let head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0";
        let tags = b"OpusTags\0\0\0\0\0\0\0\0";
        self.page(serial, FIRST, 0, &[head])
            .page(serial, 0, 0, &[tags])
    }

    /// Pages of ten packets of 20 ms each, whose first byte after the configuration is the
    /// number of the page.
    fn opus_pages(mut self, serial: u32, start: i64, count: u8) -> Self {
        for number in 0..count {
            let packet = [0x78, number, 1, 2];
            let granule = start + 9600 * i64::from(number + 1);
            self = self.page(serial, 0, granule, &[packet.as_slice(); 10]);
        }
        self
    }

    fn theora_header(self, serial: u32) -> Self {
        let mut header = b"\x80theora\x03\x02\x01".to_vec();
        header.extend([0; 12]);
        // 25 frames per second; pixel aspect ratio to bit rate; key frames every 64.
        header.extend([0, 0, 0, 25, 0, 0, 0, 1]);
        header.extend([0; 10]);
        header.extend((6u16 << 5).to_be_bytes());
        self.page(serial, FIRST, 0, &[&header])
    }
}

struct Read {
    /// Milliseconds and first bytes of packets.
    packets: Vec<(i64, Vec<u8>)>,
    trims: (u64, u64),
    new_tracks: usize,
    end: &'static str,
}

fn choice() -> TrackChoice {
    let codecs = CodecSet::with_plugin([Codec::Speex]);
    TrackChoice::new(TrackSelector::Default, codecs)
}

fn open_bytes(bytes: &[u8]) -> tonearm_media_core::Result<Box<dyn Demuxer>> {
    open(
        Input::new(Cursor::new(bytes.to_vec())).unwrap(),
        0,
        &choice(),
    )
}

fn read(demuxer: &mut dyn Demuxer) -> Read {
    let mut read = Read {
        packets: Vec::new(),
        trims: (0, 0),
        new_tracks: 0,
        end: "end",
    };
    let mut packet = Packet::default();
    loop {
        match demuxer.next(&mut packet) {
            Ok(ReadStep::Packet) => {
                let time = packet.time.unwrap();
                read.packets
                    .push(((time + 500_000).div_euclid(1_000_000), packet.data.clone()));
                read.trims.0 += packet.trim_start;
                read.trims.1 += packet.trim_end;
            }
            Ok(ReadStep::Busy) => {}
            Ok(ReadStep::NewTrack) => read.new_tracks += 1,
            Ok(ReadStep::End) => return read,
            Err(error) => {
                read.end = error.code();
                return read;
            }
        }
    }
}

fn read_bytes(bytes: &[u8]) -> Read {
    read(&mut *open_bytes(bytes).unwrap())
}

/// The time of the first packet of each page, by the number in the packet.
fn page_times(read: &Read) -> Vec<(u8, i64)> {
    let firsts = read.packets.chunk_by(|a, b| a.1[1] == b.1[1]);
    firsts.map(|page| (page[0].1[1], page[0].0)).collect()
}

#[test]
fn packets_are_at_their_times() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 5);
    let read = read_bytes(&file.bytes);
    assert_eq!(read.packets.len(), 50);
    // The delay of the encoder comes before zero.
    let expected = [(0, -6), (1, 194), (2, 394), (3, 594), (4, 794)];
    assert_eq!(page_times(&read), expected);
    assert_eq!(read.end, "end");
}

#[test]
fn after_damage_packets_are_at_their_times_whatever_was_lost() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 8);
    let intact = page_times(&read_bytes(&file.bytes));
    let (at, next) = (file.pages[4], file.pages[5]);
    let overwritten = |from: usize, to: usize, value: u8| {
        let mut bytes = file.bytes.clone();
        bytes[from..to].fill(value);
        bytes
    };
    let mut removed = file.bytes.clone();
    removed.drain(at + 3..next + 20);
    let cases = [
        // Page, pages that are lost.
        (overwritten(at, next, 0), 2..3),
        (overwritten(at, at + 1, 0), 2..3),
        (overwritten(at + 26, at + 27, 255), 2..3),
        (overwritten(next - 1, next, 9), 2..3),
        (overwritten(next - 1, next + 30, b'O'), 2..4),
        (removed, 2..4),
    ];
    for (case, (bytes, lost)) in cases.into_iter().enumerate() {
        let expected: Vec<_> = intact
            .iter()
            .filter(|(number, _)| !lost.contains(number))
            .copied()
            .collect();
        let read = read_bytes(&bytes);
        assert_eq!(page_times(&read), expected, "{case}");
        assert_eq!(read.end, "end", "{case}");
    }
}

#[test]
fn a_stream_whose_first_pages_are_damaged_begins_at_zero() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 8);
    let mut bytes = file.bytes.clone();
    bytes[file.pages[2]..file.pages[4]].fill(0);
    assert_eq!(page_times(&read_bytes(&bytes))[0], (2, 394));
}

#[test]
fn a_recording_from_the_middle_of_a_stream_begins_at_once() {
    let file = Builder::default()
        .opus_headers(7)
        .opus_pages(7, 50_000_000, 3);
    assert_eq!(page_times(&read_bytes(&file.bytes))[0], (0, -6));
}

#[test]
fn a_chain_has_no_gaps_whatever_its_positions() {
    for start in [0, 48_000, 50_000_000] {
        let first = Builder::default().opus_headers(7).opus_pages(7, 0, 2);
        let file = first.opus_headers(8).opus_pages(8, start, 2);
        let read = read_bytes(&file.bytes);
        assert_eq!(read.new_tracks, 1);
        let times: Vec<_> = read
            .packets
            .iter()
            .step_by(10)
            .map(|packet| packet.0)
            .collect();
        // The second link has a delay of its own, which is not played.
        assert_eq!(times, [-6, 194, 387, 587], "{start}");
    }
}

#[test]
fn a_link_without_sound_that_can_be_read_does_not_end_the_current_one() {
    let first = Builder::default().opus_headers(7).opus_pages(7, 0, 2);
    let file = first
        .page(9, FIRST, 0, &[b"\x80kate\0\0\0\0"])
        .page(10, FIRST, 0, &[b"CELT    "])
        .page(10, 0, 0, &[b"celt"])
        .opus_pages(7, 2 * 9600, 2);
    let read = read_bytes(&file.bytes);
    assert_eq!((read.packets.len(), read.new_tracks), (40, 0));
}

#[test]
fn headers_without_sound_do_not_end_the_current_link() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 2);
    let file = file.opus_headers(8);
    let mut demuxer = open_bytes(&file.bytes).unwrap();
    let start = demuxer.position().unwrap();
    let first = read(&mut *demuxer);
    assert_eq!((first.packets.len(), first.new_tracks), (20, 0));
    demuxer.seek(start).unwrap();
    assert_eq!(read(&mut *demuxer).packets, first.packets);
}

#[test]
fn other_streams_are_skipped_and_sound_keeps_its_distance_from_the_picture() {
    for (start, first) in [(0, -6), (40_800, 844)] {
        let mut file = Builder::default().theora_header(3).opus_headers(7);
        file = file.page(3, 0, 0, &[b"\x81theora", b"\x82theora"]);
        for number in 0..3i64 {
            // Ten frames: a key frame, and nine after it.
            let granule = (number * 10 + 1) << 6 | 9;
            file = file.page(3, 0, granule, &[[0; 300].as_slice(); 10]);
            let packet = [0x78, number as u8, 1, 2];
            let granule = start + 9600 * (number + 1);
            file = file.page(7, 0, granule, &[packet.as_slice(); 10]);
        }
        let read = read_bytes(&file.bytes);
        assert_eq!(read.packets.len(), 30);
        assert_eq!(read.packets[0].0, first);
    }
}

#[test]
fn a_file_that_ends_within_a_page_is_damaged() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 3);
    let last = file.pages[4];
    for length in [last + 2, last + 20, last + 30, file.bytes.len() - 1] {
        let read = read_bytes(&file.bytes[..length]);
        assert_eq!(
            (read.packets.len(), read.end),
            (20, "damaged_media"),
            "{length}"
        );
    }
    let read = read_bytes(&file.bytes[..last]);
    assert_eq!((read.packets.len(), read.end), (20, "end"));
    let with_junk = [&file.bytes[..], b"trailing junk"].concat();
    assert_eq!(read_bytes(&with_junk).end, "end");
}

#[test]
fn reading_resumes_at_every_position() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 6);
    // A packet that continues on the next page, and the last page.
    let long = [&[0x78, 9][..], &[0; 508]].concat();
    let mut file = file.page(7, 0, 58_560, &[&[0x78, 9], &long]);
    // Its lacing values are all 255, so that it continues on the next page.
    let at = *file.pages.last().unwrap();
    file.bytes.truncate(at);
    file.pages.pop();
    let mut page = b"OggS\0\0".to_vec();
    page.extend(58_560i64.to_le_bytes());
    page.extend(7u32.to_le_bytes());
    page.extend(8u32.to_le_bytes());
    page.extend([0; 4]);
    page.extend([3, 2, 255, 255, 0x78, 9]);
    page.extend(&long);
    let crc = crc::update(0, &page);
    page[22..26].copy_from_slice(&crc.to_le_bytes());
    file.bytes.extend(page);
    let file = file
        .page(7, 1, 60_480, &[&[3], &[0x78, 10]])
        .page(7, LAST, 61_000, &[&[0x78, 11]]);
    let mut demuxer = open_bytes(&file.bytes).unwrap();
    let mut packet = Packet::default();
    let (mut positions, mut count) = (Vec::new(), 0);
    loop {
        positions.extend(demuxer.position().map(|position| (position, count)));
        match demuxer.next(&mut packet).unwrap() {
            ReadStep::Packet => count += 1,
            ReadStep::End => break,
            _ => {}
        }
    }
    let all = read_bytes(&file.bytes).packets;
    assert_eq!(count, all.len());
    assert_eq!(all.len(), 64);
    assert_eq!(positions[0].1, 0);
    assert_eq!(positions.last().unwrap().1, 62);
    for (position, at) in positions {
        demuxer.seek(position).unwrap();
        assert_eq!(read(&mut *demuxer).packets, all[at..], "{at}");
    }
}

#[test]
fn the_last_page_trims_the_end() {
    let file = Builder::default().opus_headers(7).opus_pages(7, 0, 1);
    let file = file.page(7, LAST, 10_000, &[&[0x78, 1]]);
    let read = read_bytes(&file.bytes);
    assert_eq!(read.trims, (0, 560));
}

#[test]
fn speex_has_the_headers_that_its_first_one_announces() {
    let mut header = b"Speex   1.2".to_vec();
    header.resize(80, 0);
    for (at, value) in [
        (36, 16_000u32),
        (40, 1),
        (48, 1),
        (56, 320),
        (64, 2),
        (68, 1),
    ] {
        header[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let comments = b"\0\0\0\0\x01\0\0\0\x07\0\0\0TITLE=A";
    let file = Builder::default()
        .page(1, FIRST, 0, &[&header])
        .page(1, 0, 0, &[comments, b"extra"])
        // The encoder's delay makes the first page begin before zero, which is played.
        .page(1, LAST, 1800, &[&[1; 40], &[2; 40], &[3; 40], &[]]);
    let mut demuxer = open_bytes(&file.bytes).unwrap();
    let track = demuxer.track();
    assert_eq!(track.params.codec, Codec::Speex);
    assert_eq!(track.params.config, header);
    assert_eq!(
        (track.tick_rate, track.params.channel_count()),
        (16_000, Some(1))
    );
    assert_eq!(track.tags.title.as_deref(), Some("A"));
    let read = read(&mut *demuxer);
    let times: Vec<_> = read.packets.iter().map(|packet| packet.0).collect();
    assert_eq!(times, [0, 40, 80]);
    assert_eq!(read.trims, (0, 0));
}

#[test]
fn codecs_without_a_decoder_are_named() {
    let file = Builder::default()
        .page(1, FIRST, 0, &[b"CELT    "])
        .page(1, 0, 0, &[b"celt"]);
    let error = open_bytes(&file.bytes).err().unwrap();
    assert_eq!(error.code(), "unsupported_codec");
    let file =
        Builder::default()
            .page(1, FIRST, 0, &[b"\x80theora"])
            .page(1, 0, 0, &[b"\x81theora"]);
    assert_eq!(
        open_bytes(&file.bytes).err().unwrap().code(),
        "no_audio_track"
    );
    let file = Builder::default().opus_headers(1);
    assert_eq!(
        open_bytes(&file.bytes).err().unwrap().code(),
        "damaged_media"
    );
}
