//! One track, by the rules of the contract.

use tonearm_decoder_api::{DecoderError, DecoderSession, Pcm, Settings};

use crate::packet_decoder::PacketDecoder;

/// Most packets of a call.
pub const MAX_PACKETS: usize = 64;
/// Most bytes of a packet: the longest that the demuxers return.
pub const MAX_PACKET_BYTES: usize = 4 << 20;
/// Most samples, of all channels, that a packet may decode to: 10 MiB. The longest packets
/// in use are those of Monkey's Audio, with 1.2 million samples per channel in stereo.
pub const MAX_PACKET_SAMPLES: usize = 5 << 19;

/// One track being decoded.
pub struct Session<D> {
    decoder: D,
    is_ended: bool,
}

impl<D: PacketDecoder> Session<D> {
    /// Opens a decoder of a track.
    ///
    /// # Errors
    /// Any [`DecoderError`].
    pub fn open(settings: &Settings) -> Result<Self, DecoderError> {
        if !D::codecs().contains(&settings.codec) {
            return Err(DecoderError::UnsupportedCodec(settings.codec.clone()));
        }
        if settings.config.len() > MAX_PACKET_BYTES {
            let bytes = settings.config.len();
            let reason = format!("config of {bytes} bytes; valid: at most {MAX_PACKET_BYTES}");
            return Err(DecoderError::BadSettings(reason));
        }
        Ok(Self {
            decoder: D::open(settings)?,
            is_ended: false,
        })
    }

    fn decode_one(&mut self, packet: &[u8]) -> Result<Pcm, String> {
        if packet.is_empty() || packet.len() > MAX_PACKET_BYTES {
            let bytes = packet.len();
            return Err(format!("{bytes} bytes; valid: 1 to {MAX_PACKET_BYTES}"));
        }
        if std::mem::take(&mut self.is_ended) {
            self.decoder.reset();
        }
        checked(self.decoder.decode(packet)?)
    }
}

impl<D: PacketDecoder> DecoderSession for Session<D> {
    fn decode(&mut self, packets: &[Vec<u8>]) -> Vec<Result<Pcm, String>> {
        let decode = |(at, packet): (usize, &Vec<u8>)| match at < MAX_PACKETS {
            true => self.decode_one(packet),
            false => Err(format!("packet {at} of a call; valid: {MAX_PACKETS}")),
        };
        packets.iter().enumerate().map(decode).collect()
    }

    fn flush(&mut self) -> Result<Pcm, String> {
        self.is_ended = true;
        checked(self.decoder.flush()?)
    }

    fn reset(&mut self) {
        self.is_ended = false;
        self.decoder.reset();
    }
}

/// Checks decoded audio against the contract.
fn checked(mut pcm: Pcm) -> Result<Pcm, String> {
    if pcm.samples.is_empty() {
        return Ok(pcm);
    }
    let (rate, channels) = (pcm.sample_rate, usize::from(pcm.channels));
    if rate == 0 || channels == 0 || !pcm.samples.len().is_multiple_of(channels) {
        let count = pcm.samples.len();
        return Err(format!(
            "{count} samples at {rate} Hz of {channels} channels"
        ));
    }
    if pcm.channel_mask.count_ones() as usize != channels {
        pcm.channel_mask = 0;
    }
    // A loop over a chunk has no early exit, so the compiler vectorizes it.
    let (chunks, rest) = pcm.samples.as_chunks::<32>();
    if !chunks.iter().all(|chunk| are_finite(chunk)) || !are_finite(rest) {
        // Lossless float codecs return whatever was coded.
        let not_finite = pcm.samples.iter_mut().filter(|sample| !sample.is_finite());
        not_finite.for_each(|sample| *sample = 0.0);
    }
    Ok(pcm)
}

#[inline(always)]
fn are_finite(samples: &[f32]) -> bool {
    samples
        .iter()
        .fold(true, |so_far, sample| so_far & (sample.abs() <= f32::MAX))
}
