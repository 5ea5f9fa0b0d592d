//! IMA ADPCM of QuickTime: blocks of 34 bytes and 64 samples, for each channel in turn
//! (Apple Technical Note TN1081).
//!
//! symphonia's decoder is not used: a block header stores only the upper nine bits of the
//! predictor, so the decoder must keep its own predictor where both agree.

use tonearm_media_core::{
    ChannelPosition, Decoder, IMA_QT_BLOCK_BYTES, Packet, Pcm, SampleLayout, Track, Undecodable,
};

/// Step sizes by step index.
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449,
    494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272,
    2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493,
    10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];

/// Changes of the step index by the magnitude of a difference.
const INDEX_CHANGES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

#[derive(Clone, Copy, Debug, Default)]
struct Channel {
    predictor: i32,
    step: i32,
}

struct AdpcmImaQt {
    rate: u32,
    channels: Vec<Channel>,
}

pub(super) fn open(track: &Track) -> Box<dyn Decoder> {
    let params = &track.params;
    let count = params.channel_count().unwrap_or(1);
    Box::new(AdpcmImaQt {
        rate: params.sample_rate.unwrap_or(track.tick_rate),
        channels: vec![Channel::default(); count.clamp(1, 8)],
    })
}

impl Decoder for AdpcmImaQt {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let count = self.channels.len();
        pcm.clear(SampleLayout::Interleaved);
        pcm.rate = self.rate;
        pcm.positions.clear();
        match count {
            1 => pcm.positions.push(ChannelPosition::FrontCentre),
            2 => pcm
                .positions
                .extend([ChannelPosition::FrontLeft, ChannelPosition::FrontRight]),
            _ => pcm.positions.resize(count, ChannelPosition::Other),
        }
        let blocks = packet.data.chunks_exact(IMA_QT_BLOCK_BYTES * count);
        for block in blocks {
            let start = pcm.samples.len();
            pcm.samples.resize(start + 64 * count, 0.0);
            let channel_blocks = block.chunks_exact(IMA_QT_BLOCK_BYTES);
            for (channel_index, (channel, bytes)) in
                self.channels.iter_mut().zip(channel_blocks).enumerate()
            {
                let slots = pcm
                    .samples
                    .iter_mut()
                    .skip(start + channel_index)
                    .step_by(count);
                channel.decode(bytes, slots);
            }
        }
        match pcm.samples.is_empty() {
            true => Err(Undecodable),
            false => Ok(()),
        }
    }
}

impl Channel {
    fn decode<'a>(&mut self, bytes: &[u8], mut slots: impl Iterator<Item = &'a mut f32>) {
        let Some((&header, data)) = bytes.split_first_chunk() else {
            return;
        };
        let header = i16::from_be_bytes(header);
        let predictor = i32::from(header) & !0x7f;
        let step = (i32::from(header) & 0x7f).min(88);
        if step != self.step || (predictor - self.predictor).abs() > 0x7f {
            (self.predictor, self.step) = (predictor, step);
        }
        for byte in data {
            for nibble in [byte & 15, byte >> 4] {
                if let Some(slot) = slots.next() {
                    *slot = self.next(nibble) as f32 / 32_768.0;
                }
            }
        }
    }

    fn next(&mut self, nibble: u8) -> i32 {
        let step = STEPS[usize::try_from(self.step).unwrap_or(0).min(88)];
        let size = i32::from(nibble & 7);
        let mut difference = step >> 3;
        difference += if size & 4 != 0 { step } else { 0 };
        difference += if size & 2 != 0 { step >> 1 } else { 0 };
        difference += if size & 1 != 0 { step >> 2 } else { 0 };
        let signed = if nibble & 8 != 0 {
            -difference
        } else {
            difference
        };
        self.predictor = (self.predictor + signed).clamp(-32_768, 32_767);
        self.step = (self.step + INDEX_CHANGES[usize::from(nibble & 7)]).clamp(0, 88);
        self.predictor
    }
}
