//! Which bytes count as video, and invariants that hold for any input.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod interrupted;

use proptest::prelude::*;
use tonearm_video_split::{Kind, MIN_VIDEO_BYTES, VideoClassifier};

/// Classifies `file`, pushed in pieces of `piece_bytes`. Returns kinds and lengths, with
/// neighbours of one kind merged.
fn classify(file: &[u8], piece_bytes: usize) -> Vec<(Kind, usize)> {
    let mut spans: Vec<(Kind, usize)> = Vec::new();
    let mut classifier = VideoClassifier::default();
    let mut out = Vec::new();
    for piece in file.chunks(piece_bytes) {
        let pushed: Result<(), ()> = classifier.push(piece, |kind, bytes| {
            assert!(!bytes.is_empty());
            out.extend_from_slice(bytes);
            match spans.last_mut() {
                Some((last, count)) if *last == kind => *count += bytes.len(),
                _ => spans.push((kind, bytes.len())),
            }
            Ok(())
        });
        pushed.unwrap();
    }
    assert_eq!(out, file, "every byte is emitted, in order");
    spans
}

/// `count` bytes: `start`, then noise.
fn bytes(start: &[u8], count: usize) -> Vec<u8> {
    let mut state = 1u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    start.iter().copied().chain(noise).take(count).collect()
}

fn mp4_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(8 + body.len()).unwrap();
    [&size.to_be_bytes(), &kind[..], body].concat()
}

/// A coded frame after its length field.
fn sample(start: &[u8], count: usize) -> Vec<u8> {
    [
        u32::try_from(count).unwrap().to_be_bytes().to_vec(),
        bytes(start, count),
    ]
    .concat()
}

const FRAME: usize = 50_000;
/// The first bytes of a frame in MP4 that count as other: 12 peeked, and 32 more.
const START: usize = 44;
/// The start of an AAC frame, which is not a plausible length field.
const AAC: &[u8] = &[0x21, 0x1b, 0x8c];

#[test]
fn mp4_video_is_recognised_by_its_first_bytes() {
    let codecs: [(&str, &[u8]); 6] = [
        ("H.264 I", &[0x65, 0x88, 0x84, 0]),
        ("H.264 P", &[0x41, 0x9a, 0x24, 0x6c]),
        ("H.264 B", &[0x01, 0x9e, 0x41, 0x79]),
        ("H.265 I", &[0x26, 0x01, 0xaf, 0x13]),
        ("H.265 P", &[0x02, 0x01, 0xd0, 0x29]),
        ("ProRes", b"icpf"),
    ];
    for (what, start) in codecs {
        let mut frame = sample(start, FRAME);
        if start == b"icpf" {
            // The length of a ProRes frame includes the length field.
            frame = bytes(&[&(FRAME as u32).to_be_bytes(), start].concat(), FRAME);
        }
        let audio = bytes(AAC, 700);
        // No file begins with a B frame.
        let first = match what {
            "H.264 B" => sample(&[0x65, 0x88, 0x84, 0], FRAME),
            _ => frame.clone(),
        };
        let samples = [&first[..], &audio, &frame, &frame, &audio].concat();
        let head = [mp4_box(b"ftyp", b"isom\0\0\0\0"), mp4_box(b"wide", b"")].concat();
        let file = [
            &head[..],
            &mp4_box(b"mdat", &samples),
            &mp4_box(b"moov", &[7; 900]),
        ]
        .concat();
        let one = frame.len() - START;
        let expected = [
            (Kind::Other, head.len() + 8 + START),
            (Kind::Video, one),
            (Kind::Other, audio.len() + START),
            (Kind::Video, one),
            (Kind::Other, START),
            (Kind::Video, one),
            (Kind::Other, audio.len() + 908),
        ];
        for piece_bytes in [1, 7, 4096, file.len()] {
            assert_eq!(
                classify(&file, piece_bytes),
                expected,
                "{what} in pieces of {piece_bytes}"
            );
        }
    }
}

#[test]
fn a_later_slice_counts_as_video_only_after_the_first_slice() {
    // The second starts at a macroblock other than the first. Nearly any bytes look so.
    let (first, second) = ([0x65, 0x88, 0x84, 0], [0x65, 0x02, 0x23, 0x80]);
    for (starts, found) in [([first, second], 2), ([second, first], 1)] {
        let slices = starts.map(|start| sample(&start, FRAME));
        let file = mp4_box(b"mdat", &slices.concat());
        let videos = classify(&file, file.len());
        let videos = videos.iter().filter(|(kind, _)| *kind == Kind::Video);
        assert_eq!(videos.count(), found, "{starts:x?}");
    }
}

#[test]
fn audio_is_rarely_classified_as_video() {
    let frame = sample(&[0x65, 0x88, 0x84, 0], 4 * FRAME);
    // Different noise each time.
    let noise = bytes(&[], 300 * 1000);
    let samples: Vec<_> = noise
        .chunks(1000)
        .flat_map(|audio| [&frame[..], audio].concat())
        .collect();
    let file = mp4_box(b"mdat", &samples);
    let rest: usize = classify(&file, 4096)
        .iter()
        .filter(|(kind, _)| *kind == Kind::Other)
        .map(|(_, count)| count)
        .sum();
    let audio = 300 * 1000;
    assert!(
        (audio..audio + 300 * 50 + 8).contains(&rest),
        "{rest} of {audio}"
    );
}

#[test]
fn a_false_match_soon_recovers() {
    let frame = sample(&[0x41, 0x9a, 0x24, 0x6c], FRAME);
    let audio = bytes(AAC, 700);
    // Looks like the start of a frame that ends inside another.
    let false_match = [&audio[..100], &bytes(&[0, 1, 0, 0, 0x61, 0xe0], 600)].concat();
    let samples: Vec<_> = (0..200)
        .map(|turn| {
            if turn % 20 == 19 {
                &false_match
            } else {
                &audio
            }
        })
        .flat_map(|audio| [&frame[..], audio].concat())
        .collect();
    let file = mp4_box(b"mdat", &samples);
    let spans = classify(&file, 1000);
    let videos = spans.iter().filter(|(kind, _)| *kind == Kind::Video);
    let whole = videos
        .filter(|(_, count)| *count == FRAME + 4 - START)
        .count();
    assert!(whole >= 200 - 10 * 3, "{whole} of 200");
}

#[test]
fn an_mdat_with_a_64_bit_or_open_size_is_searched() {
    let samples = sample(&[0x65, 0x88, 0x84, 0], FRAME);
    let large = [
        b"\0\0\0\x01mdat",
        &(16 + samples.len() as u64).to_be_bytes()[..],
    ]
    .concat();
    for header in [&large[..], b"\0\0\0\0mdat"] {
        let file = [header, &samples[..]].concat();
        let expected = [
            (Kind::Other, header.len() + START),
            (Kind::Video, FRAME + 4 - START),
        ];
        assert_eq!(classify(&file, 100), expected);
    }
}

/// An element with a size field of four bytes.
fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = 0x1000_0000 | u32::try_from(body.len()).unwrap();
    [id, &size.to_be_bytes(), body].concat()
}

/// An element of unknown size, as in live streams.
fn unsized_element(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], body].concat()
}

#[test]
fn matroska_video_is_recognised_by_its_track() {
    let entry = |number, kind| {
        let body = [element(&[0xd7], &[number]), element(&[0x83], &[kind])].concat();
        element(&[0xae], &body)
    };
    let block = |track: u8, count| bytes(&[0x80 | track, 0, 1, 0x80], count);
    let (audio, frame) = (block(1, 20_000), block(2, FRAME));
    let tracks = element(
        &[0x16, 0x54, 0xae, 0x6b],
        &[entry(1, 2), entry(2, 1)].concat(),
    );
    for wrap in [element, unsized_element] {
        let blocks = [
            element(&[0xa3], &audio),
            element(&[0xa3], &frame),
            element(
                &[0xa0],
                &[element(&[0xa1], &frame), element(&[0xfb], &[1])].concat(),
            ),
            element(&[0xa3], &block(2, 900)),
        ];
        let segment = [
            tracks.clone(),
            wrap(&[0x1f, 0x43, 0xb6, 0x75], &blocks.concat()),
        ];
        let file = [
            element(&[0x1a, 0x45, 0xdf, 0xa3], &[0x42, 0x86, 0x81, 1]),
            wrap(&[0x18, 0x53, 0x80, 0x67], &segment.concat()),
        ];
        let file = file.concat();
        let expected = [
            Kind::Other,
            Kind::Video,
            Kind::Other,
            Kind::Video,
            Kind::Other,
        ];
        for piece_bytes in [1, 1000, file.len()] {
            let spans = classify(&file, piece_bytes);
            assert_eq!(
                spans.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
                expected
            );
            assert_eq!((spans[1].1, spans[3].1), (FRAME - 33, FRAME - 33));
        }
    }
}

#[test]
fn avi_and_flv_video_is_recognised_by_chunk_id_and_tag_type() {
    let chunk = |name: &[u8], body: &[u8]| {
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        [name, &size, body, &[0][..body.len() & 1]].concat()
    };
    let (audio, frame) = (bytes(AAC, 20_001), bytes(&[], FRAME + 1));
    let movi = [
        b"movi",
        &chunk(b"01wb", &audio)[..],
        &chunk(b"00dc", &frame),
        &chunk(b"01wb", &audio),
    ]
    .concat();
    let avi = [
        b"AVI ",
        &chunk(b"JUNK", &[1; 30])[..],
        &chunk(b"LIST", &movi),
    ]
    .concat();
    let avi = chunk(b"RIFF", &avi);

    let tag = |kind: u8, body: &[u8]| {
        let size = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[0, 0, 0, 9, kind], &size[1..], &[0; 7], body].concat()
    };
    let flv = [
        b"FLV\x01\x05\0\0\0\x09",
        &tag(18, &audio)[..],
        &tag(9, &frame),
        &tag(8, &audio),
    ]
    .concat();
    for file in [avi, flv] {
        for piece_bytes in [1, 1000, file.len()] {
            let [(Kind::Other, _), (Kind::Video, frame), (Kind::Other, _)] =
                classify(&file, piece_bytes)[..]
            else {
                panic!("{:?}", classify(&file, piece_bytes));
            };
            assert!((FRAME - 32..FRAME - 28).contains(&frame), "{frame}");
        }
    }
}

#[test]
fn unsupported_formats_contain_no_video() {
    let frame = sample(&[0x65, 0x88, 0x84, 0], FRAME);
    for start in [
        &b""[..],
        b"ID3\x04",
        b"RIFF\0\0\0\0WAVE",
        b"OggS",
        b"\0\0\0\x02ftyp",
        b"FLV\x01\x05\0\0\0\x08",
    ] {
        let file = [start, &frame[..]].concat();
        assert_eq!(
            classify(&file, 999),
            [(Kind::Other, file.len())],
            "{start:x?}"
        );
    }
    assert_eq!(classify(b"", 1), []);
}

/// First bytes that each container parser accepts.
fn beginnings() -> impl Strategy<Value = &'static [u8]> {
    prop::sample::select(vec![
        &b"\0\0\0\x08wide\0\0\0\0mdat"[..],
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x80\x16\x54\xae\x6b\x80\xae\x80\xd7\x81\x01\x83\x81\x01",
        b"RIFF\0\0\0\0AVI ",
        b"FLV\x01\x05\0\0\0\x09\0\0\0\0",
        b"",
    ])
}

proptest! {
    #[test]
    fn the_result_does_not_depend_on_piece_sizes(
        beginning in beginnings(),
        parts in prop::collection::vec(
            (prop::collection::vec(prop_oneof![Just(0u8), Just(0xa3), any::<u8>()], 0..30), 0usize..40_000),
            0..6,
        ),
        piece_bytes in 1usize..5000,
    ) {
        let parts = parts.iter().map(|(start, count)| bytes(start, start.len() + count));
        let file: Vec<u8> = [beginning.to_vec()].into_iter().chain(parts).flatten().collect();
        let whole = classify(&file, file.len().max(1));
        prop_assert_eq!(&classify(&file, piece_bytes), &whole);
        // The last span may be cut off by the end of the file.
        let videos = whole.iter().rev().skip(1).filter(|(kind, _)| *kind == Kind::Video);
        for (_, count) in videos {
            prop_assert!(*count as u64 + 64 >= MIN_VIDEO_BYTES);
        }
    }
}
