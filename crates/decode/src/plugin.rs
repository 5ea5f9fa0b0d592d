//! Adapts a decoder of the plugin contract: one packet to a call, and the codec table's
//! codecs.

use tonearm_decoder_api as api;
use tonearm_decoder_api::{DecoderError, DecoderSession};
use tonearm_media_core::{
    ChannelPosition, Channels, Codec, CodecParams, Decoder, DecoderPlugin, FileError, Packet, Pcm,
    Result, SampleLayout, Track, Undecodable,
};

/// A decoder of the plugin contract as a source of decoders.
#[derive(Clone, Copy, Debug, Default)]
pub struct PluginDecoders<D>(pub D);

impl<D: api::Decoder> DecoderPlugin for PluginDecoders<D> {
    /// The codecs in the codec table. The plugin may have others.
    fn codecs(&self) -> Vec<Codec> {
        let ids = self.0.describe().codecs;
        ids.iter().filter_map(|id| Codec::from_id(id)).collect()
    }

    fn open(&self, track: &Track) -> Result<Box<dyn Decoder>> {
        let settings = settings(&track.params).ok_or_else(|| track.unsupported())?;
        let session = self.0.open(&settings).map_err(|error| match error {
            DecoderError::UnsupportedCodec(_) => track.unsupported(),
            DecoderError::BadSettings(_) => FileError::Damaged {
                detail: "the configuration of the codec",
            },
            DecoderError::Internal(_) => FileError::Damaged {
                detail: "its decoder could not be opened",
            },
        })?;
        let rate = track.params.sample_rate.unwrap_or(0);
        Ok(Box::new(Session { session, rate }))
    }
}

fn settings(params: &CodecParams) -> Option<api::Settings> {
    let (channels, channel_mask) = match params.channels {
        Some(Channels::Speakers(mask)) => (mask.count_ones() as u16, mask),
        Some(Channels::Count(count)) => (count, 0),
        None => (0, 0),
    };
    Some(api::Settings {
        codec: params.codec.id()?.to_owned(),
        sample_rate: params.sample_rate.unwrap_or(0),
        channels,
        channel_mask,
        block_bytes: params.block_bytes.unwrap_or(0),
        bits_per_coded_sample: params
            .bits_per_coded_sample
            .or(params.bits_per_sample)
            .unwrap_or(0),
        bit_rate: params.bit_rate.unwrap_or(0),
        tag: params.tag.unwrap_or(0),
        config: params.config.clone(),
    })
}

struct Session<S> {
    session: S,
    /// The sample rate that the container states.
    rate: u32,
}

impl<S: DecoderSession> Decoder for Session<S> {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.samples.clear();
        if pcm.rate == 0 {
            // A packet without audio, such as the first of Vorbis, has a length all the same.
            pcm.rate = self.rate;
        }
        let mut decoded = self.session.decode(std::slice::from_ref(&packet.data));
        let decoded = decoded.pop().and_then(Result::ok).ok_or(Undecodable)?;
        take(decoded, pcm);
        Ok(())
    }

    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.samples.clear();
        take(self.session.flush().map_err(|_| Undecodable)?, pcm);
        Ok(())
    }
}

/// Replaces `pcm`. Without samples, it keeps its format, which silence needs.
fn take(decoded: api::Pcm, pcm: &mut Pcm) {
    if decoded.samples.is_empty() {
        return;
    }
    pcm.samples = decoded.samples;
    pcm.layout = SampleLayout::Interleaved;
    pcm.rate = decoded.sample_rate;
    let channels = Channels::from_wave_mask(decoded.channel_mask, decoded.channels);
    set_positions(channels, decoded.channels, &mut pcm.positions);
}

fn set_positions(channels: Option<Channels>, count: u16, positions: &mut Vec<ChannelPosition>) {
    positions.clear();
    match channels {
        Some(channels) => positions.extend(channels.positions()),
        None => positions.resize(count.into(), ChannelPosition::Other),
    }
}
