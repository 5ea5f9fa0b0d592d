//! What the fuzz targets share: the memory that one input may take, and the
//! walks through the crates.

use std::alloc::System;
use std::io::Cursor;
use std::sync::Once;

use cap::Cap;
use tonearm_media::{Budget, Container, Selection, Source, Target};

/// Counts every byte, and gives none beyond the limit: the process aborts, and
/// libFuzzer keeps the input.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// What one input may take beside what was there before it: well below the
/// 64 MiB that a component has.
const MEMORY: usize = 32 << 20;

/// Runs `walk` within [`MEMORY`].
pub fn within_memory(walk: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // To tell of a panic takes more.
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            unlimited();
            report(panic);
        }));
    });
    HEAP.set_limit(HEAP.allocated() + MEMORY)
        .expect("more than there is");
    walk();
    unlimited();
}

fn unlimited() {
    HEAP.set_limit(usize::MAX).expect("more than there is");
}

/// Little enough to keep a bad case short.
pub fn budget() -> Budget {
    Budget {
        max_seconds: 20,
        max_samples: 1_000_000,
        max_items: 200_000,
        ..Budget::default()
    }
}

/// The encoder's input.
pub fn target() -> Target {
    Target {
        sample_rates: vec![8000, 16_000, 44_100, 48_000],
        max_channels: 2,
    }
}

/// Reads all packets of a file with one demuxer.
pub fn demux(container: Container, file: &[u8]) {
    within_memory(|| tonearm_media::fuzzing::demux(container, file, &budget()));
}

/// Opens a file, whatever it is, and decodes it to the end.
pub fn decode(file: &[u8]) {
    let file = Cursor::new(file.to_vec());
    let selection = Selection::default();
    let Ok(mut source) = Source::open(file, &budget(), &target(), &selection) else {
        return;
    };
    let mut block = Vec::new();
    while let Ok(true) = source.next_block(&mut block) {
        let channels = usize::from(source.info().output_channels);
        assert!(block.len() <= Source::MAX_BLOCK * channels);
        assert!(block.len().is_multiple_of(channels));
        assert!((0.0..=1.0).contains(&source.fraction()));
    }
}
