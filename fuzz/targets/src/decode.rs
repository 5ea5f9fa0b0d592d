//! Decodes arbitrary bytes to PCM.

use std::io::Cursor;

use tonearm_media::{OpenedFile, PcmSource, Selection};

use crate::{limits, pcm};

/// Opens the file and decodes it to the end.
pub(crate) fn run(file: &[u8]) {
    let Ok(file) = OpenedFile::open(Cursor::new(file.to_vec()), &limits()) else {
        return;
    };
    let Ok(mut source) = PcmSource::open(file, &pcm(), &Selection::default()) else {
        return;
    };
    let mut block = Vec::new();
    while let Ok(true) = source.next_block(&mut block) {
        let channels = usize::from(source.info().output_channels);
        assert!(block.len() <= PcmSource::MAX_BLOCK * channels);
        assert!(block.len().is_multiple_of(channels));
        assert!((0.0..=1.0).contains(&source.fraction()));
    }
}
