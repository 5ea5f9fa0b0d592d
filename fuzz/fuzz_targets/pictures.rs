//! Telling pictures from the rest, in pieces of any size: all that comes in goes out, and
//! the same is picture however it was cut.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tonearm_video_split::{Kind, MIN_PICTURE, Pictures};

fuzz_target!(|input: (u8, &[u8])| {
    let (size, film) = input;
    tonearm_fuzz::within_memory(|| {
        let whole = tell(film, film.len().max(1));
        assert_eq!(whole, tell(film, usize::from(size) + 1));
        // All but one that the film ends in the middle of, and what each begins with.
        let pictures = whole.iter().rev().skip(1).filter(|(kind, _)| *kind == Kind::Picture);
        for (_, count) in pictures {
            assert!(*count as u64 + 64 >= MIN_PICTURE);
        }
    });
});

/// Kinds and lengths, neighbours of one kind together.
fn tell(film: &[u8], size: usize) -> Vec<(Kind, usize)> {
    let mut stretches: Vec<(Kind, usize)> = Vec::new();
    let mut pictures = Pictures::default();
    let mut left = film;
    for piece in film.chunks(size) {
        let told: Result<(), ()> = pictures.push(piece, |kind, bytes| {
            left = left.strip_prefix(bytes).expect("what comes next in the film");
            match stretches.last_mut() {
                Some((last, count)) if *last == kind => *count += bytes.len(),
                _ => stretches.push((kind, bytes.len())),
            }
            Ok(())
        });
        assert_eq!(told, Ok(()));
    }
    assert!(left.is_empty());
    stretches
}
