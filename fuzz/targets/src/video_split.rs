//! Separating video from other bytes: every byte comes out, in order, and the result does
//! not depend on the size of the pieces.

use tonearm_video_split::{Kind, MIN_VIDEO_BYTES, VideoClassifier};

pub(crate) fn run(input: &[u8]) {
    let Some((&size, file)) = input.split_first() else {
        return;
    };
    let whole = classify(file, file.len().max(1));
    assert_eq!(whole, classify(file, usize::from(size) + 1));
    // The end of the file may truncate the last span. The first bytes of a frame count as
    // other.
    let videos = whole
        .iter()
        .rev()
        .skip(1)
        .filter(|(kind, _)| *kind == Kind::Video);
    for (_, count) in videos {
        assert!(*count as u64 + 64 >= MIN_VIDEO_BYTES);
    }
}

/// Kinds and lengths, with neighbours of one kind merged.
fn classify(file: &[u8], size: usize) -> Vec<(Kind, usize)> {
    let mut spans: Vec<(Kind, usize)> = Vec::new();
    let mut classifier = VideoClassifier::default();
    let mut left = file;
    for piece in file.chunks(size) {
        let pushed: Result<(), ()> = classifier.push(piece, |kind, bytes| {
            left = left
                .strip_prefix(bytes)
                .expect("the next bytes of the file");
            match spans.last_mut() {
                Some((last, count)) if *last == kind => *count += bytes.len(),
                _ => spans.push((kind, bytes.len())),
            }
            Ok(())
        });
        assert_eq!(pushed, Ok(()));
    }
    assert!(left.is_empty());
    spans
}
