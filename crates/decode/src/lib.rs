//! Decodes packets to PCM. A new codec is an arm in [`open`] and a file with its decoder.

mod aac;
mod ac3;
mod adpcm_ima_qt;
mod flac;
mod mp2_bitrates;
mod opus;
mod pcm;
mod plugin;
mod speex;
mod symphonia_adapter;
mod vorbis;
mod wma;

pub use plugin::PluginDecoders;

use std::sync::Arc;

use tonearm_media_core::{Codec, Decoder, DecoderPlugin, Result, Track};

/// Opens the decoder of a track: a built-in one or the plugin's, by the codec table.
///
/// # Errors
/// `UnsupportedCodec` with the codec's name, `Damaged` where its configuration
/// is invalid.
pub fn open(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    if let Some(opened) = pcm::open(track) {
        return opened;
    }
    match track.params.codec {
        Codec::Aac => aac::open(track, plugin),
        Codec::Ac3 | Codec::Eac3 => ac3::open(track, plugin),
        Codec::AdpcmImaQt => Ok(adpcm_ima_qt::open(track)),
        Codec::Flac => Ok(flac::open(track)),
        Codec::Opus => opus::open(track, plugin),
        Codec::Speex => speex::open(track, plugin),
        Codec::Vorbis => vorbis::open(track, plugin),
        codec if codec.prefers_plugin() && plugin.codecs().contains(&codec) => plugin.open(track),
        codec if codec.is_built_in() => symphonia_adapter::open(track),
        _ => plugin.open(track),
    }
}

/// Ticks to discard at the start, according to the codec itself.
pub fn pre_skip(track: &Track) -> u64 {
    match track.params.codec {
        Codec::Opus => opus::pre_skip(track),
        _ => wma::pre_skip(track),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonearm_media_core::{Channels, CodecParams, FileError, NoPlugin};

    #[test]
    fn the_codec_table_marks_the_codecs_that_have_a_decoder() {
        let plugin: Arc<dyn DecoderPlugin> = Arc::new(NoPlugin);
        for &codec in Codec::ALL {
            let params = CodecParams {
                channels: Some(Channels::STEREO),
                ..CodecParams::new(codec, 48_000)
            };
            let track = Track {
                params,
                ..Track::default()
            };
            let is_unsupported = matches!(
                open(&track, &plugin),
                Err(FileError::UnsupportedCodec { .. })
            );
            assert_eq!(codec.is_built_in(), !is_unsupported, "{codec:?}");
        }
    }
}
