//! What is told apart, and what holds whatever comes in.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use proptest::prelude::*;
use tonearm_video_split::{Kind, MIN_PICTURE, Pictures};

/// Stretches of one kind, those that are neighbours together.
fn told(film: &[u8], pieces: usize) -> Vec<(Kind, usize)> {
    let mut stretches: Vec<(Kind, usize)> = Vec::new();
    let mut pictures = Pictures::default();
    let mut out = Vec::new();
    for piece in film.chunks(pieces) {
        let pushed: Result<(), ()> = pictures.push(piece, |kind, bytes| {
            assert!(!bytes.is_empty());
            out.extend_from_slice(bytes);
            match stretches.last_mut() {
                Some((last, count)) if *last == kind => *count += bytes.len(),
                _ => stretches.push((kind, bytes.len())),
            }
            Ok(())
        });
        pushed.unwrap();
    }
    assert_eq!(out, film, "all of it, in order");
    stretches
}

/// Bytes that begin with `start` and are noise beyond.
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

/// A coded picture, its length before it.
fn sample(start: &[u8], count: usize) -> Vec<u8> {
    [
        u32::try_from(count).unwrap().to_be_bytes().to_vec(),
        bytes(start, count),
    ]
    .concat()
}

const PICTURE: usize = 50_000;
/// Of a picture in MP4 what stays with the rest: 12 bytes that are looked at, and 32.
const START: usize = 44;
/// Frames of AAC begin like this, which is no length of anything.
const SOUND: &[u8] = &[0x21, 0x1b, 0x8c];

#[test]
fn pictures_of_an_mp4_are_known_by_what_they_begin_with() {
    let codecs: [(&str, &[u8]); 6] = [
        ("H.264, key", &[0x65, 0x88, 0x84, 0]),
        ("H.264, from others", &[0x41, 0x9a, 0x24, 0x6c]),
        ("H.264, from both sides", &[0x01, 0x9e, 0x41, 0x79]),
        ("H.265, key", &[0x26, 0x01, 0xaf, 0x13]),
        ("H.265, from others", &[0x02, 0x01, 0xd0, 0x29]),
        ("ProRes", b"icpf"),
    ];
    for (what, start) in codecs {
        let mut picture = sample(start, PICTURE);
        if start == b"icpf" {
            // Whose length tells itself with what it is of.
            picture = bytes(&[&(PICTURE as u32).to_be_bytes(), start].concat(), PICTURE);
        }
        let sound = bytes(SOUND, 700);
        // No film begins with what is made of pictures before it and behind it.
        let first = match what {
            "H.264, from both sides" => sample(&[0x65, 0x88, 0x84, 0], PICTURE),
            _ => picture.clone(),
        };
        let samples = [&first[..], &sound, &picture, &picture, &sound].concat();
        let head = [mp4_box(b"ftyp", b"isom\0\0\0\0"), mp4_box(b"wide", b"")].concat();
        let film = [
            &head[..],
            &mp4_box(b"mdat", &samples),
            &mp4_box(b"moov", &[7; 900]),
        ]
        .concat();
        // What was looked at and a little more stays with the rest.
        let one = picture.len() - START;
        let expected = [
            (Kind::Rest, head.len() + 8 + START),
            (Kind::Picture, one),
            (Kind::Rest, sound.len() + START),
            (Kind::Picture, one),
            (Kind::Rest, START),
            (Kind::Picture, one),
            (Kind::Rest, sound.len() + 908),
        ];
        for pieces in [1, 7, 4096, film.len()] {
            assert_eq!(
                told(&film, pieces),
                expected,
                "{what} in pieces of {pieces}"
            );
        }
    }
}

#[test]
fn slices_behind_one_another_are_pictures_and_alone_are_not() {
    // The second begins in the middle of the picture, which anything might.
    let (first, second) = ([0x65, 0x88, 0x84, 0], [0x65, 0x02, 0x23, 0x80]);
    for (starts, found) in [([first, second], 2), ([second, first], 1)] {
        let slices = starts.map(|start| sample(&start, PICTURE));
        let film = mp4_box(b"mdat", &slices.concat());
        let pictures = told(&film, film.len());
        let pictures = pictures.iter().filter(|(kind, _)| *kind == Kind::Picture);
        assert_eq!(pictures.count(), found, "{starts:x?}");
    }
}

#[test]
fn sound_is_seldom_taken_for_pictures() {
    let picture = sample(&[0x65, 0x88, 0x84, 0], 4 * PICTURE);
    // The noise of every turn is its own.
    let noise = bytes(&[], 300 * 1000);
    let samples: Vec<_> = noise
        .chunks(1000)
        .flat_map(|sound| [&picture[..], sound].concat())
        .collect();
    let film = mp4_box(b"mdat", &samples);
    let rest: usize = told(&film, 4096)
        .iter()
        .filter(|(kind, _)| *kind == Kind::Rest)
        .map(|(_, count)| count)
        .sum();
    let sound = 300 * 1000;
    assert!(
        (sound..sound + 300 * 50 + 8).contains(&rest),
        "{rest} of {sound}"
    );
}

#[test]
fn who_took_sound_for_a_picture_soon_finds_the_next() {
    let picture = sample(&[0x41, 0x9a, 0x24, 0x6c], PICTURE);
    let sound = bytes(SOUND, 700);
    // Looks like the beginning of one, and would end in the middle of another.
    let liar = [&sound[..100], &bytes(&[0, 1, 0, 0, 0x61, 0xe0], 600)].concat();
    let samples: Vec<_> = (0..200)
        .map(|turn| if turn % 20 == 19 { &liar } else { &sound })
        .flat_map(|sound| [&picture[..], sound].concat())
        .collect();
    let film = mp4_box(b"mdat", &samples);
    let told = told(&film, 1000);
    let pictures = told.iter().filter(|(kind, _)| *kind == Kind::Picture);
    let whole = pictures
        .filter(|(_, count)| *count == PICTURE + 4 - START)
        .count();
    assert!(whole >= 200 - 10 * 3, "{whole} of 200");
}

#[test]
fn a_large_mdat_and_one_to_the_end_are_entered() {
    let samples = sample(&[0x65, 0x88, 0x84, 0], PICTURE);
    let large = [
        b"\0\0\0\x01mdat",
        &(16 + samples.len() as u64).to_be_bytes()[..],
    ]
    .concat();
    for header in [&large[..], b"\0\0\0\0mdat"] {
        let film = [header, &samples[..]].concat();
        let expected = [
            (Kind::Rest, header.len() + START),
            (Kind::Picture, PICTURE + 4 - START),
        ];
        assert_eq!(told(&film, 100), expected);
    }
}

/// An element with its length in four bytes.
fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = 0x1000_0000 | u32::try_from(body.len()).unwrap();
    [id, &size.to_be_bytes(), body].concat()
}

/// An element of unknown length, as live streams have them.
fn endless(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], body].concat()
}

#[test]
fn pictures_of_matroska_are_known_by_their_track() {
    let entry = |number, kind| {
        let body = [element(&[0xd7], &[number]), element(&[0x83], &[kind])].concat();
        element(&[0xae], &body)
    };
    let block = |track: u8, count| bytes(&[0x80 | track, 0, 1, 0x80], count);
    let (sound, picture) = (block(1, 20_000), block(2, PICTURE));
    let tracks = element(
        &[0x16, 0x54, 0xae, 0x6b],
        &[entry(1, 2), entry(2, 1)].concat(),
    );
    for wrap in [element, endless] {
        let blocks = [
            element(&[0xa3], &sound),
            element(&[0xa3], &picture),
            element(
                &[0xa0],
                &[element(&[0xa1], &picture), element(&[0xfb], &[1])].concat(),
            ),
            element(&[0xa3], &block(2, 900)),
        ];
        let segment = [
            tracks.clone(),
            wrap(&[0x1f, 0x43, 0xb6, 0x75], &blocks.concat()),
        ];
        let film = [
            element(&[0x1a, 0x45, 0xdf, 0xa3], &[0x42, 0x86, 0x81, 1]),
            wrap(&[0x18, 0x53, 0x80, 0x67], &segment.concat()),
        ];
        let film = film.concat();
        let expected = [
            Kind::Rest,
            Kind::Picture,
            Kind::Rest,
            Kind::Picture,
            Kind::Rest,
        ];
        for pieces in [1, 1000, film.len()] {
            let told = told(&film, pieces);
            assert_eq!(
                told.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
                expected
            );
            assert_eq!((told[1].1, told[3].1), (PICTURE - 33, PICTURE - 33));
        }
    }
}

#[test]
fn pictures_of_avi_and_flv_are_known_by_name_and_type() {
    let chunk = |name: &[u8], body: &[u8]| {
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        [name, &size, body, &[0][..body.len() & 1]].concat()
    };
    let (sound, picture) = (bytes(SOUND, 20_001), bytes(&[], PICTURE + 1));
    let movi = [
        b"movi",
        &chunk(b"01wb", &sound)[..],
        &chunk(b"00dc", &picture),
        &chunk(b"01wb", &sound),
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
        &tag(18, &sound)[..],
        &tag(9, &picture),
        &tag(8, &sound),
    ]
    .concat();
    for film in [avi, flv] {
        for pieces in [1, 1000, film.len()] {
            let [(Kind::Rest, _), (Kind::Picture, picture), (Kind::Rest, _)] =
                told(&film, pieces)[..]
            else {
                panic!("{:?}", told(&film, pieces));
            };
            assert!((PICTURE - 32..PICTURE - 28).contains(&picture), "{picture}");
        }
    }
}

#[test]
fn of_what_is_no_film_nothing_is_picture() {
    let picture = sample(&[0x65, 0x88, 0x84, 0], PICTURE);
    for start in [
        &b""[..],
        b"ID3\x04",
        b"RIFF\0\0\0\0WAVE",
        b"OggS",
        b"\0\0\0\x02ftyp",
        b"FLV\x01\x05\0\0\0\x08",
    ] {
        let file = [start, &picture[..]].concat();
        assert_eq!(told(&file, 999), [(Kind::Rest, file.len())], "{start:x?}");
    }
    assert_eq!(told(b"", 1), []);
}

/// Beginnings of films, so that what is behind them is looked at.
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
    fn pieces_make_no_difference_and_nothing_is_lost(
        beginning in beginnings(),
        parts in prop::collection::vec(
            (prop::collection::vec(prop_oneof![Just(0u8), Just(0xa3), any::<u8>()], 0..30), 0usize..40_000),
            0..6,
        ),
        pieces in 1usize..5000,
    ) {
        let parts = parts.iter().map(|(start, count)| bytes(start, start.len() + count));
        let film: Vec<u8> = [beginning.to_vec()].into_iter().chain(parts).flatten().collect();
        let whole = told(&film, film.len().max(1));
        prop_assert_eq!(&told(&film, pieces), &whole);
        // All but one that the film ends in the middle of.
        let pictures = whole.iter().rev().skip(1).filter(|(kind, _)| *kind == Kind::Picture);
        for (_, count) in pictures {
            prop_assert!(*count as u64 + 64 >= MIN_PICTURE);
        }
    }
}
