//! PCM that symphonia does not decode: 64-bit integers, and the float formats of Cool Edit,
//! whose full scale is that of integers. Each is reduced to a format that it decodes.

use tonearm_media_core::{Codec, Decoder, Packet, Pcm, Result, Track, Undecodable};

use crate::symphonia_adapter;

/// A decoder of similar PCM.
struct SimilarPcm {
    inner: Box<dyn Decoder>,
    /// The most significant four bytes of each sample of eight, if the decoder gets those.
    upper_half: Option<std::ops::Range<usize>>,
    /// Factor of the decoded samples.
    scale: f32,
    packet: Packet,
}

/// Opens the decoder of the track; `None` for other codecs.
pub(super) fn open(track: &Track) -> Option<Result<Box<dyn Decoder>>> {
    let (codec, upper_half, scale) = match track.params.codec {
        // Samples of 32 bits hold more than the decoded samples do.
        Codec::PcmS64Le => (Codec::PcmS32Le, Some(4..8), 1.0),
        Codec::PcmS64Be => (Codec::PcmS32Be, Some(0..4), 1.0),
        Codec::PcmF16Le => (Codec::PcmF32Le, None, 1.0 / 32_768.0),
        Codec::PcmF24Le => (Codec::PcmF32Le, None, 1.0 / 8_388_608.0),
        _ => return None,
    };
    let mut track = track.clone();
    track.params.codec = codec;
    Some(symphonia_adapter::open(&track).map(|inner| {
        Box::new(SimilarPcm {
            inner,
            upper_half,
            scale,
            packet: Packet::default(),
        }) as Box<dyn Decoder>
    }))
}

impl Decoder for SimilarPcm {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.packet.ticks = packet.ticks;
        self.packet.data.clear();
        match &self.upper_half {
            Some(half) => {
                let samples = packet.data.chunks_exact(8);
                let halves = samples.filter_map(|sample| sample.get(half.clone()));
                self.packet.data.extend(halves.flatten());
            }
            None => self.packet.data.extend_from_slice(&packet.data),
        }
        self.inner.decode(&self.packet, pcm)?;
        if self.scale != 1.0 {
            let scale = self.scale;
            pcm.samples.iter_mut().for_each(|sample| *sample *= scale);
        }
        Ok(())
    }
}
