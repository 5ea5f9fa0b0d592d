//! Vorbis with more than two channels, by `lewton`: symphonia 0.6 undoes the
//! coupling of channels in the wrong order (Vorbis I, 4.3.5, wants the last step
//! first), which is heard where a channel takes part in several steps.

use tonearm_media_core::{Decoder, FileError, Packet, Pcm, Result, Track, Undecodable};

use lewton::audio::{PreviousWindowRight, read_audio_packet_generic};
use lewton::header::{IdentHeader, SetupHeader, read_header_ident, read_header_setup};

use super::opus::places;

/// The identification header's length (Vorbis I, 4.2.2), with its packet header.
const IDENT_BYTES: usize = 30;
/// More channels have no places that Vorbis knows (Vorbis I, 4.3.9).
const MAX_CHANNELS: u8 = 8;

struct Vorbis {
    ident: IdentHeader,
    setup: SetupHeader,
    window: PreviousWindowRight,
}

/// Whether the track is one for this decoder.
pub(super) fn is_surround(track: &Track) -> bool {
    channels(track) > 2
}

/// The channel count of the identification header, right behind the version.
fn channels(track: &Track) -> u8 {
    let extra = track.params.config.as_slice();
    extra.get(11).copied().unwrap_or_default()
}

pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    if channels(track) > MAX_CHANNELS {
        return Err(FileError::UnsupportedCodec {
            name: format!("Vorbis with {} channels", channels(track)),
        });
    }
    let damaged = || FileError::Damaged {
        detail: "the configuration of Vorbis",
    };
    let extra = track.params.config.as_slice();
    let (ident, setup) = extra.split_at_checked(IDENT_BYTES).ok_or_else(damaged)?;
    let ident = read_header_ident(ident).map_err(|_| damaged())?;
    let blocks = (ident.blocksize_0, ident.blocksize_1);
    let setup = read_header_setup(setup, ident.audio_channels, blocks).map_err(|_| damaged())?;
    Ok(Box::new(Vorbis {
        ident,
        setup,
        window: PreviousWindowRight::new(),
    }))
}

impl Decoder for Vorbis {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let planes: Vec<Vec<f32>> =
            read_audio_packet_generic(&self.ident, &self.setup, &packet.data, &mut self.window)
                .map_err(|_| Undecodable)?;
        let places = places(planes.len()).iter().copied();
        let planes = planes.iter().map(Vec::as_slice);
        pcm.set_planes(self.ident.audio_sample_rate, places, planes);
        Ok(())
    }
}
