//! FLAC (RFC 9639). symphonia's decoder is not used: it has no checksum, no stereo of 32
//! bits, and no changes of the format.

mod bits;
mod predictor;
mod subframe;

use tonearm_media_core::frame_header::flac::{self, Format, Header, Stereo};
use tonearm_media_core::{
    ChannelPosition, Channels, Decoder, Packet, Pcm, SampleLayout, Track, Undecodable,
};

use self::bits::Bits;

struct Flac {
    /// What frames leave to STREAMINFO.
    defaults: Option<Format>,
    /// The channels, according to the container.
    channels: Option<Channels>,
    /// Samples of each channel of a frame.
    planes: Vec<Vec<i32>>,
    /// Differences of 33 bits.
    side: Vec<i64>,
}

pub(super) fn open(track: &Track) -> Box<dyn Decoder> {
    Box::new(Flac {
        defaults: format_of(&track.params.config),
        channels: track.params.channels,
        planes: Vec::new(),
        side: Vec::new(),
    })
}

/// The format in STREAMINFO (RFC 9639, 8.2).
fn format_of(info: &[u8]) -> Option<Format> {
    let packed = u64::from_be_bytes(*info.get(10..)?.first_chunk()?);
    Some(Format {
        rate: (packed >> 44) as u32,
        channels: (packed >> 41 & 7) as u8 + 1,
        bits: (packed >> 36 & 31) as u8 + 1,
    })
}

impl Decoder for Flac {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let bytes = packet.data.as_slice();
        let header = flac::parse(bytes, self.defaults).ok_or(Undecodable)?;
        let body = bytes.get(header.length..).ok_or(Undecodable)?;
        let mut reader = Bits::new(body);
        self.read_channels(&header, &mut reader)?;
        let end = header.length + reader.bytes_read() + 2;
        let frame = bytes.get(..end).ok_or(Undecodable)?;
        if flac::crc16(0, frame) != 0 {
            return Err(Undecodable);
        }
        self.output(&header, pcm);
        Ok(())
    }
}

impl Flac {
    fn read_channels(&mut self, header: &Header, reader: &mut Bits<'_>) -> Result<(), Undecodable> {
        let count = usize::from(header.format.channels);
        let samples = header.samples as usize;
        self.planes.resize_with(count, Vec::new);
        let bits = u32::from(header.format.bits);
        let side = match header.stereo {
            Stereo::Independent => None,
            Stereo::SideRight => Some(0),
            Stereo::LeftSide | Stereo::MidSide => Some(1),
        };
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            plane.resize(samples, 0);
            match side == Some(channel) {
                true if bits == 32 => {
                    self.side.resize(samples, 0);
                    subframe::read(reader, bits + 1, &mut self.side)?;
                }
                true => subframe::read(reader, bits + 1, plane)?,
                false => subframe::read(reader, bits, plane)?,
            }
        }
        if let [first, second] = self.planes.as_mut_slice() {
            match bits {
                32 => restore_wide(header.stereo, first, second, &self.side),
                _ => restore(header.stereo, first, second),
            }
        }
        Ok(())
    }

    fn output(&self, header: &Header, pcm: &mut Pcm) {
        let format = header.format;
        pcm.clear(SampleLayout::Planar);
        pcm.rate = format.rate;
        let scale = 1.0 / (1u64 << (format.bits - 1)) as f32;
        for plane in &self.planes {
            pcm.samples
                .extend(plane.iter().map(|&sample| sample as f32 * scale));
        }
        let count = u16::from(format.channels);
        let stated = self
            .channels
            .filter(|channels| channels.count() == usize::from(count));
        pcm.positions.clear();
        match stated.or(Channels::usual(count)) {
            Some(channels) => pcm.positions.extend(channels.positions()),
            None => pcm.positions.resize(count.into(), ChannelPosition::Other),
        }
    }
}

/// Restores left and right (RFC 9639, 4.2).
fn restore(stereo: Stereo, first: &mut [i32], second: &mut [i32]) {
    let pairs = first.iter_mut().zip(second);
    match stereo {
        Stereo::Independent => {}
        Stereo::LeftSide => pairs.for_each(|(left, side)| *side = left.wrapping_sub(*side)),
        Stereo::SideRight => pairs.for_each(|(side, right)| *side = side.wrapping_add(*right)),
        Stereo::MidSide => pairs.for_each(|(mid, side)| {
            let sum = mid.wrapping_shl(1) | (*side & 1);
            (*mid, *side) = (sum.wrapping_add(*side) >> 1, sum.wrapping_sub(*side) >> 1);
        }),
    }
}

/// The same for samples of 32 bits and a difference of 33 bits.
fn restore_wide(stereo: Stereo, first: &mut [i32], second: &mut [i32], side: &[i64]) {
    let pairs = first.iter_mut().zip(second).zip(side);
    for ((first, second), &side) in pairs {
        let (left, right) = match stereo {
            Stereo::Independent => return,
            Stereo::LeftSide => (i64::from(*first), i64::from(*first) - side),
            Stereo::SideRight => (i64::from(*second).wrapping_add(side), i64::from(*second)),
            Stereo::MidSide => {
                let sum = i64::from(*first) << 1 | (side & 1);
                (sum.wrapping_add(side) >> 1, sum.wrapping_sub(side) >> 1)
            }
        };
        (*first, *second) = (left as i32, right as i32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_restored_from_their_differences() {
        let samples = [
            (5, -3),
            (-32_768, 32_767),
            (32_767, -32_768),
            (0, 1),
            (-1, 0),
        ];
        let sides = samples.map(|(left, right)| left - right);
        let mids = samples.map(|(left, right): (i32, i32)| (left + right) >> 1);
        let wide: Vec<i64> = sides.iter().map(|&side| side.into()).collect();
        let (left, right) = (samples.map(|pair| pair.0), samples.map(|pair| pair.1));
        for (stereo, first, second) in [
            (Stereo::Independent, left, right),
            (Stereo::LeftSide, left, sides),
            (Stereo::SideRight, sides, right),
            (Stereo::MidSide, mids, sides),
        ] {
            let (mut a, mut b) = (first, second);
            restore(stereo, &mut a, &mut b);
            assert_eq!((a, b), (left, right), "{stereo:?}");
            let (mut a, mut b) = (first, second);
            restore_wide(stereo, &mut a, &mut b, &wide);
            assert_eq!((a, b), (left, right), "{stereo:?}");
        }
    }

    #[test]
    fn differences_of_32_bits_have_33() {
        let (left, right) = (i64::from(i32::MIN), i64::from(i32::MAX));
        let (mut a, mut b) = ([((left + right) >> 1) as i32], [0]);
        restore_wide(Stereo::MidSide, &mut a, &mut b, &[left - right]);
        assert_eq!((a, b), ([i32::MIN], [i32::MAX]));
    }
}
