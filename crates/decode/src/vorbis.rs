//! Vorbis. The plugin decodes it where it can, else symphonia.
//!
//! Vorbis of more than two channels needs the plugin: symphonia 0.6 inverts channel coupling
//! in the wrong order (Vorbis I, 4.3.5, requires the last step first), which is audible
//! where several steps share a channel.

use std::sync::Arc;

use tonearm_media_core::{Codec, Decoder, DecoderPlugin, FileError, Result, Track};

use crate::symphonia_adapter;

/// Length of the identification header with its packet header (Vorbis I, 4.2.2).
const IDENT_BYTES: usize = 30;
/// A comment header without comments: its packet header, an empty vendor string, no comments,
/// and the framing bit (Vorbis I, 5.2.1).
const NO_COMMENTS: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";

/// Opens a decoder.
pub(super) fn open(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    if Codec::Vorbis.prefers_plugin() && plugin.codecs().contains(&Codec::Vorbis) {
        let mut track = track.clone();
        track.params.config = laced(&track.params.config);
        return plugin.open(&track);
    }
    match channels(track) {
        channels @ 3.. => Err(FileError::UnsupportedCodec {
            name: format!("Vorbis with {channels} channels"),
        }),
        _ => symphonia_adapter::open(track),
    }
}

/// The channel count of the identification header, which follows the version.
fn channels(track: &Track) -> u8 {
    let config = track.params.config.as_slice();
    config.get(11).copied().unwrap_or_default()
}

/// The three headers in the form of Matroska: the number of lengths, the lengths of the
/// first two, and the headers. A configuration of another form stays as it is.
fn laced(config: &[u8]) -> Vec<u8> {
    match config.split_at_checked(IDENT_BYTES) {
        Some((ident, setup)) if ident.starts_with(b"\x01vorbis") => {
            let lengths = [2, IDENT_BYTES as u8, NO_COMMENTS.len() as u8];
            [&lengths, ident, NO_COMMENTS, setup].concat()
        }
        _ => config.to_vec(),
    }
}
