//! Adapts `lewton`, for Vorbis with more than two channels. symphonia 0.6 inverts channel
//! coupling in the wrong order (Vorbis I, 4.3.5, requires the last step first), which is
//! audible where several steps share a channel.

use tonearm_media_core::{Decoder, FileError, Packet, Pcm, Result, Track, Undecodable};

use lewton::audio::{PreviousWindowRight, read_audio_packet_generic};
use lewton::header::{IdentHeader, SetupHeader, read_header_ident, read_header_setup};

use super::opus::positions;

/// Length of the identification header with its packet header (Vorbis I, 4.2.2).
const IDENT_BYTES: usize = 30;

struct Vorbis {
    ident: IdentHeader,
    setup: SetupHeader,
    window: PreviousWindowRight,
}

/// Whether this decoder is needed for the track.
pub(super) fn is_surround(track: &Track) -> bool {
    channels(track) > 2
}

/// The channel count of the identification header, which follows the version.
fn channels(track: &Track) -> u8 {
    let config = track.params.config.as_slice();
    config.get(11).copied().unwrap_or_default()
}

pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let damaged = || FileError::Damaged {
        detail: "the configuration of Vorbis",
    };
    let config = track.params.config.as_slice();
    let (ident, setup) = config.split_at_checked(IDENT_BYTES).ok_or_else(damaged)?;
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
        let positions = positions(planes.len()).iter().copied();
        let planes = planes.iter().map(Vec::as_slice);
        pcm.set_planes(self.ident.audio_sample_rate, positions, planes);
        Ok(())
    }
}
