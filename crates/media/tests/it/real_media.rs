//! RealMedia and RealAudio, compared with ffmpeg's demuxer. ffmpeg writes only two of the
//! codecs, so the other files are made here, with data that tells positions apart.

use tonearm_test_tools::require_tool;

use crate::fixtures::Fixtures;
use crate::packets::{check, check_data, open, ours};

/// A stream in the terms of its header.
#[derive(Clone, Copy)]
struct Stream {
    version: u16,
    codec: &'static [u8; 4],
    order: &'static [u8; 4],
    flavor: u16,
    frame_bytes: u32,
    rows: u16,
    row_bytes: u16,
    packet_bytes: u16,
    rate: u16,
    channels: u16,
    config: &'static [u8],
}

/// The configuration of Cook in stereo.
const COOK: &[u8] = b"\x01\0\0\x03\x08\0\0\x25\0\0\0\0\0\x08\0\x05";

const STREAMS: [(&str, Stream); 6] = [
    ("cook", stream(5, b"cook", b"genr", (14, 564, 94), 2, COOK)),
    ("28.8", stream(4, b"28_8", b"Int4", (12, 228, 0), 1, b"")),
    ("sipr", stream(4, b"sipr", b"sipr", (6, 232, 0), 1, b"")),
    ("14.4", stream(4, b"lpcJ", b"Int0", (1, 20, 0), 1, b"")),
    (
        "aac",
        stream(5, b"raac", b"vbrs", (1, 0, 0), 2, b"\x02\x12\x10"),
    ),
    (
        "he-aac",
        stream(5, b"racp", b"vbrf", (1, 0, 0), 2, b"\x02\x12\x10"),
    ),
];

const fn stream(
    version: u16,
    codec: &'static [u8; 4],
    order: &'static [u8; 4],
    (rows, row_bytes, packet_bytes): (u16, u16, u16),
    channels: u16,
    config: &'static [u8],
) -> Stream {
    Stream {
        version,
        codec,
        order,
        flavor: 0,
        frame_bytes: if rows == 12 { 38 } else { row_bytes as u32 },
        rows,
        row_bytes,
        packet_bytes,
        rate: 16_000,
        channels,
        config,
    }
}

impl Stream {
    /// The header; that of a `.ra` file has texts.
    fn header(self, texts: &[&str]) -> Vec<u8> {
        let mut bytes = b".ra\xfd".to_vec();
        bytes.extend(self.version.to_be_bytes());
        bytes.extend([0; 16]);
        bytes.extend(self.flavor.to_be_bytes());
        bytes.extend(self.frame_bytes.to_be_bytes());
        bytes.extend([0; 12]);
        for number in [self.rows, self.row_bytes, self.packet_bytes] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(vec![0; if self.version == 5 { 8 } else { 2 }]);
        for number in [self.rate, 0, 16, self.channels] {
            bytes.extend(number.to_be_bytes());
        }
        if self.version == 5 {
            bytes.extend([*self.order, *self.codec].concat());
            bytes.extend([0; 4]);
            bytes.extend((self.config.len() as u32).to_be_bytes());
            bytes.extend(self.config);
        } else {
            bytes.extend([b"\x04", &self.order[..], b"\x04", self.codec, &[0; 3]].concat());
            // In RealMedia the length of a configuration follows.
            bytes.extend(vec![0; if texts.is_empty() { 4 } else { 0 }]);
        }
        for text in texts {
            bytes.push(text.len() as u8);
            bytes.extend(text.as_bytes());
        }
        bytes
    }

    /// The data packets of two blocks.
    fn packets(self) -> Vec<Vec<u8>> {
        let row = |number: u16| -> Vec<u8> {
            let bytes = (0..self.row_bytes).map(|at| (number * 31 + at * 7 + at / 256) as u8);
            bytes.collect()
        };
        match self.row_bytes {
            // Two packets after their lengths.
            0 => (1..9)
                .map(|n| [&[0, 0x20, 0, n, 0, 3][..], &vec![n; usize::from(n) + 3]].concat())
                .collect(),
            _ => (0..2 * self.rows).map(row).collect(),
        }
    }

    fn ra(self, texts: &[&str]) -> Vec<u8> {
        [self.header(texts), self.packets().concat()].concat()
    }

    fn rm(self) -> Vec<u8> {
        let header = self.header(&[]);
        let mut media = vec![0; 30];
        media.extend(b"\x04Name\x14audio/x-pn-realaudio");
        media.extend((header.len() as u32).to_be_bytes());
        media.extend(header);
        let packets = self.packets();
        let mut data = (packets.len() as u32).to_be_bytes().to_vec();
        data.extend([0; 4]);
        let step = 100_000 / packets.len() as u32;
        for (number, packet) in packets.iter().enumerate() {
            data.extend([0, 0]);
            data.extend((packet.len() as u16 + 12).to_be_bytes());
            data.extend([0, 0]);
            data.extend((number as u32 * step).to_be_bytes());
            let is_key = number % usize::from(self.rows) == 0;
            data.extend([0, if is_key { 2 } else { 0 }]);
            data.extend(packet);
        }
        let description = b"\0\x05Title\0\x06Artist\0\0\0\x04Note";
        [
            chunk(b".RMF", &[0; 8]),
            chunk(b"PROP", &[0; 40]),
            chunk(b"CONT", description),
            chunk(b"MDPR", &media),
            chunk(b"DATA", &data),
        ]
        .concat()
    }
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = (body.len() as u32 + 10).to_be_bytes();
    [&id[..], &size, &[0, 0], body].concat()
}

#[test]
fn the_orders_of_real_media_are_restored_as_by_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, stream) in STREAMS {
        let path = fixtures.path(&format!("{name}.rm"));
        std::fs::write(&path, stream.rm()).unwrap();
        assert!(check_data(&path).0.sizes.len() >= 2, "{name}");
        let tags = open(&path).unwrap().track().tags.clone();
        assert_eq!(tags.title.as_deref(), Some("Title"), "{name}");
        assert_eq!(tags.artist.as_deref(), Some("Artist"), "{name}");
        assert_eq!(tags.comment.as_deref(), Some("Note"), "{name}");
    }
}

#[test]
fn files_of_real_audio_are_read_as_by_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let texts = ["Title", "Artist", "", "Note"];
    for (name, stream) in STREAMS {
        // Only this version occurs without a container.
        if stream.version != 4 {
            continue;
        }
        let path = fixtures.path(&format!("{name}.ra"));
        std::fs::write(&path, stream.ra(&texts)).unwrap();
        check(&path);
        let tags = open(&path).unwrap().track().tags.clone();
        assert_eq!(tags.title.as_deref(), Some("Title"), "{name}");
        assert_eq!(tags.comment.as_deref(), Some("Note"), "{name}");
    }
    // Version 3 has one codec.
    let mut first = b".ra\xfd\0\x03\0\x1d".to_vec();
    first.extend([0; 14]);
    first.extend(b"\x05Title\0\0\0\0\x04lpcJ");
    first.extend((0..2000).map(|at| (at / 20) as u8));
    let path = fixtures.path("3.ra");
    std::fs::write(&path, first).unwrap();
    let found = ours(&path);
    assert_eq!((found.sizes, found.data[19]), (vec![1000; 2], 0));
}

#[test]
fn real_media_of_ffmpeg_has_its_packets() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let film = fixtures.video("film.rm", 44_100, 2, "-c:v rv10 -s 176x144 -c:a ac3");
    check(&film);
    check(&fixtures.tones("a.rm", 8000, 1, "-c:a real_144"));
}

#[test]
fn damage_in_real_media_costs_a_block() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.rm", 48_000, 2, "-c:a ac3 -b:a 96k");
    let whole = ours(&path);
    let bytes = std::fs::read(&path).unwrap();
    let quarter = bytes.len() / 4;
    let copy = fixtures.path("b.rm");
    let damaged = |bytes: &[u8]| {
        std::fs::write(&copy, bytes).unwrap();
        ours(&copy)
    };
    let mut overwritten = bytes.clone();
    overwritten[quarter..quarter + 400].fill(0xa5);
    let cut = [&bytes[..quarter], &bytes[quarter + 500..]].concat();
    for found in [damaged(&overwritten), damaged(&cut)] {
        assert!(found.sizes.len() + 5 > whole.sizes.len());
        assert_eq!(
            found.times.iter().flatten().last(),
            whole.times.iter().flatten().last()
        );
        assert!(!found.is_truncated);
    }
    assert!(damaged(&bytes[..quarter * 3 + 7]).is_truncated);
}

#[test]
fn the_first_of_several_bitrates_is_selected() {
    let (_, stream) = STREAMS[3];
    let header = stream.header(&[]);
    let mut several = b"MLTI\0\x02\0\0\0\x01\0\x02".to_vec();
    for _ in 0..2 {
        several.extend((header.len() as u32).to_be_bytes());
        several.extend(&header);
    }
    let mut media = vec![0; 30];
    media.extend(b"\x04Name\0");
    media.extend((several.len() as u32).to_be_bytes());
    media.extend(several);
    let mut data = vec![0; 8];
    for (number, group) in [2, 4, 2, 4].into_iter().enumerate() {
        data.extend([0, 0, 0, 32, 0, 0, 0, 0, 0, number as u8, group, 2]);
        data.extend([group; 20]);
    }
    let file = [
        chunk(b".RMF", &[0; 8]),
        chunk(b"MDPR", &media),
        chunk(b"DATA", &data),
    ]
    .concat();
    let fixtures = Fixtures::new();
    let path = fixtures.path("several.rm");
    std::fs::write(&path, file).unwrap();
    assert_eq!(ours(&path).data, [2; 40]);
}
