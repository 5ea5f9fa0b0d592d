//! Another track in place of one that yields no audio.

use tonearm_media_core::{FileError, TrackSelector};

use super::PcmSource;
use crate::opened_file::OpenedFile;
use crate::selection::Selection;

/// Most tracks to try.
const MAX_TRACKS: usize = 5;

/// Opens the best track that `open` can open. The error is that of the first one.
pub(super) fn open(
    file: OpenedFile,
    selection: &Selection,
    open: &mut dyn FnMut(OpenedFile, &Selection) -> Result<PcmSource, FileError>,
) -> Result<PcmSource, FileError> {
    let spare = file.reopened();
    let first = match open(file, selection) {
        Err(error) if gives_way(&selection.track, &error) => error,
        outcome => return outcome,
    };
    let preferred = spare.preferred(&selection.track);
    for &number in preferred.iter().take(MAX_TRACKS).skip(1) {
        let other = Selection {
            track: TrackSelector::Number(number),
            ..selection.clone()
        };
        if let Ok(mut source) = open(spare.reopened(), &other) {
            source.info.findings.undecodable = preferred.first().copied();
            return Ok(source);
        }
    }
    Err(first)
}

/// Whether another track is tried. A limit that the file exceeds is not about one track.
fn gives_way(selector: &TrackSelector, error: &FileError) -> bool {
    let is_undecodable = matches!(
        error,
        FileError::UnsupportedCodec { .. } | FileError::Damaged { .. }
    );
    is_undecodable && !matches!(selector, TrackSelector::Number(_))
}
