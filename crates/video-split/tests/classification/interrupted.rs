//! Files whose classifier was kept and taken up again.

use proptest::prelude::*;
use serde_json::{Value, json};
use tonearm_video_split::{Kind, VideoClassifier};

use crate::{AAC, FRAME, beginnings, bytes, classify, element, mp4_box, sample};

/// Spans of a kind, with neighbours of one kind merged.
type Spans = Vec<(Kind, usize)>;

fn push(classifier: &mut VideoClassifier, piece: &[u8], spans: &mut Spans) {
    let mut out = Vec::new();
    let pushed: Result<(), ()> = classifier.push(piece, |kind, bytes| {
        out.extend_from_slice(bytes);
        match spans.last_mut() {
            Some((last, count)) if *last == kind => *count += bytes.len(),
            _ => spans.push((kind, bytes.len())),
        }
        Ok(())
    });
    pushed.unwrap();
    assert_eq!(out, piece, "every byte is emitted, in order");
}

fn kept(classifier: &VideoClassifier) -> String {
    let kept = serde_json::to_string(classifier).unwrap();
    assert!(kept.len() <= 3000, "{} bytes", kept.len());
    kept
}

/// Classifies `file` in these pieces. The classifier is kept after each of them.
fn classify_interrupted<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Spans {
    let mut spans = Vec::new();
    let mut classifier = VideoClassifier::default();
    let mut position = 0;
    for piece in pieces {
        push(&mut classifier, piece, &mut spans);
        classifier = serde_json::from_str(&kept(&classifier)).unwrap();
        position += piece.len() as u64;
        assert_eq!(classifier.position(), position);
    }
    spans
}

/// A file of each container with a parser, and one without.
fn files() -> [Vec<u8>; 5] {
    let frame = sample(&[0x65, 0x88, 0x84, 0], FRAME);
    let audio = bytes(AAC, 700);
    let samples = [&frame[..], &audio, &frame, &audio].concat();
    let mp4 = [
        mp4_box(b"ftyp", b"isom\0\0\0\0"),
        mp4_box(b"mdat", &samples),
        mp4_box(b"moov", &[7; 900]),
    ];
    let block = |track: u8, count| bytes(&[0x80 | track, 0, 1, 0x80], count);
    let entry = [element(&[0xd7], &[2]), element(&[0x83], &[1])].concat();
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &entry));
    let blocks = [
        element(&[0xa3], &block(1, 700)),
        element(&[0xa3], &block(2, FRAME)),
    ];
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], &blocks.concat());
    let matroska = [
        element(&[0x1a, 0x45, 0xdf, 0xa3], &[0x42, 0x86, 0x81, 1]),
        element(&[0x18, 0x53, 0x80, 0x67], &[tracks, cluster].concat()),
    ];
    let chunk = |name: &[u8], body: &[u8]| {
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        [name, &size, body].concat()
    };
    let movi = [
        &b"movi"[..],
        &chunk(b"01wb", &audio),
        &chunk(b"00dc", &bytes(&[], FRAME)),
    ];
    let avi = [&b"AVI "[..], &chunk(b"LIST", &movi.concat())].concat();
    let tag = |kind: u8, body: &[u8]| {
        let size = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[0, 0, 0, 9, kind], &size[1..], &[0; 7], body].concat()
    };
    let flv = [
        &b"FLV\x01\x05\0\0\0\x09"[..],
        &tag(8, &audio),
        &tag(9, &bytes(&[], FRAME)),
    ];
    [
        mp4.concat(),
        matroska.concat(),
        chunk(b"RIFF", &avi),
        flv.concat(),
        bytes(b"OggS", 1000),
    ]
}

#[test]
fn a_file_that_is_interrupted_at_every_byte_is_split_like_any_other() {
    for file in files() {
        let whole = classify(&file, file.len());
        assert_eq!(classify_interrupted(file.chunks(1)), whole);
    }
}

#[test]
fn a_file_that_is_interrupted_once_is_split_like_any_other() {
    for file in files() {
        let whole = classify(&file, file.len());
        // The structure lies around the frames; within them every byte is alike.
        let mut end = 0;
        let near = whole.iter().flat_map(|(_, count)| {
            end += count;
            end.saturating_sub(60)..end + 60
        });
        for cut in (0..1000).chain(near).filter(|cut| *cut <= file.len()) {
            let (before, after) = file.split_at(cut);
            assert_eq!(
                classify_interrupted([before, after].into_iter()),
                whole,
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn an_unsplit_file_contains_no_more_video() {
    let [mp4, ..] = files();
    let mut spans = Vec::new();
    let mut classifier = VideoClassifier::unsplit(700);
    assert_eq!(classifier.position(), 700);
    push(&mut classifier, &mp4, &mut spans);
    assert_eq!(spans, [(Kind::Other, mp4.len())]);
    assert_eq!(classifier.position(), 700 + mp4.len() as u64);
}

/// The state in the middle of an MP4, as JSON. Its fields are part of a checkpoint, which a
/// release may have written and the next one reads.
fn state() -> Value {
    let [mp4, ..] = files();
    let mut classifier = VideoClassifier::default();
    push(&mut classifier, &mp4[..2 * FRAME + 1000], &mut Vec::new());
    serde_json::from_str(&kept(&classifier)).unwrap()
}

#[test]
fn impossible_states_are_refused() {
    let avc = json!({"Avc": [101, 7, 0]});
    let long = 5 + u64::from(u32::MAX);
    let patches = [
        ("/offset", json!(u64::MAX)),
        ("/offset", json!(-1)),
        ("/state", json!({"Peek": 25})),
        ("/state", json!({"Video": 0})),
        ("/state", json!("Peek")),
        ("/peeked", json!([1])),
        ("/peeked", json!(vec![0; 1 << 16])),
        ("/format", json!({"Mp5": {}})),
        ("/format", json!({"Mp4": {}})),
        ("/format/Mp4/filter/longest", json!(long)),
        ("/format/Mp4/filter/last/0/bytes", json!(long)),
        (
            "/format/Mp4/filter/scores",
            json!(vec![json!([avc, 1]); 33]),
        ),
        ("", json!(7)),
    ];
    assert!(serde_json::from_value::<VideoClassifier>(state()).is_ok());
    for (field, value) in patches {
        let mut state = state();
        let place = state.pointer_mut(field);
        *place.unwrap_or_else(|| panic!("no field {field}")) = value.clone();
        let refused = serde_json::from_value::<VideoClassifier>(state).is_err();
        assert!(refused, "{field}: {value}");
    }
    let mut state = state();
    (state["peeked"], state["state"]) = (json!([0, 0]), json!({"Peek": 2}));
    assert!(serde_json::from_value::<VideoClassifier>(state).is_err());
}

/// Replaces the number or list of numbers number `which` of a state, counted in its order.
fn replace(state: &mut Value, which: &mut usize, with: u64) {
    match state {
        Value::Number(_) if *which == 0 => *state = json!(with),
        Value::Number(_) => {}
        Value::Array(list) => list.iter_mut().for_each(|value| {
            replace(value, which, with);
            *which = which.wrapping_sub(1);
        }),
        Value::Object(fields) => fields.values_mut().for_each(|value| {
            replace(value, which, with);
            *which = which.wrapping_sub(1);
        }),
        _ => {}
    }
}

proptest! {
    #[test]
    fn interruptions_never_change_the_result(
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
        prop_assert_eq!(classify_interrupted(file.chunks(piece_bytes)), whole);
    }

    #[test]
    fn no_kept_state_makes_a_classifier_panic_or_lose_bytes(
        file in 0usize..5,
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (0usize..24, prop_oneof![0..30u64, 0..200_000u64, any::<u64>(), Just(u64::MAX)]),
            1..4,
        ),
        peeked in prop::collection::vec(any::<u8>(), 0..26),
        rest in prop::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..300),
    ) {
        let file = &files()[file];
        let at = at.index(file.len());
        let mut classifier = VideoClassifier::default();
        push(&mut classifier, &file[..at], &mut Vec::new());
        let mut state: Value = serde_json::from_str(&kept(&classifier)).unwrap();
        if peeked.len() % 2 == 0 {
            state["peeked"] = json!(peeked);
        }
        for (mut which, with) in changes {
            replace(&mut state, &mut which, with);
        }
        if let Ok(mut classifier) = serde_json::from_value::<VideoClassifier>(state) {
            let mut spans = Vec::new();
            for piece in [&rest[..], &file[at..]] {
                push(&mut classifier, piece, &mut spans);
            }
        }
    }
}
