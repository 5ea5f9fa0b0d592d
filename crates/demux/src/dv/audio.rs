//! The audio of a DV frame (IEC 61834-2; SMPTE 314M, 4.6). Each DIF sequence has nine audio
//! blocks, and the samples of a channel are spread over the blocks of half of the sequences.

/// Bytes of a DIF block.
pub(super) const BLOCK: usize = 80;
/// Bytes of a DIF sequence of 150 blocks.
pub(super) const SEQUENCE: usize = 150 * BLOCK;
/// Audio blocks of a sequence.
const AUDIO_BLOCKS: usize = 9;
/// Bytes of a block before its samples: identification and a pack.
const BLOCK_HEADER: usize = 8;
/// The type of a pack that describes the audio source.
const SOURCE: u8 = 0x50;

/// The television system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    /// 525 lines at 60/1.001 fields per second.
    Ntsc,
    /// 625 lines at 50 fields per second.
    Pal,
}

impl System {
    /// DIF sequences of a frame at 25 Mbit/s.
    pub(super) fn sequences(self) -> usize {
        match self {
            Self::Ntsc => 10,
            Self::Pal => 12,
        }
    }

    /// Nanoseconds of a number of frames.
    pub(super) fn nanoseconds(self, frames: u64) -> u64 {
        match self {
            Self::Ntsc => {
                u64::try_from(u128::from(frames) * 1_001_000_000 / 30).unwrap_or(u64::MAX)
            }
            Self::Pal => frames.saturating_mul(40_000_000),
        }
    }

    /// The fewest samples of a frame at a sampling frequency.
    fn min_samples(self, frequency: Frequency) -> usize {
        match (self, frequency) {
            (Self::Ntsc, Frequency::Hz48000) => 1580,
            (Self::Ntsc, Frequency::Hz44100) => 1452,
            (Self::Ntsc, Frequency::Hz32000) => 1053,
            (Self::Pal, Frequency::Hz48000) => 1896,
            (Self::Pal, Frequency::Hz44100) => 1742,
            (Self::Pal, Frequency::Hz32000) => 1264,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Hz48000,
    Hz44100,
    Hz32000,
}

/// The audio source of half of a frame's sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    frequency: Frequency,
    /// Samples per channel of the frame.
    samples: usize,
    /// Whether samples have 12 bits, two channels to a half; else they have 16, one channel
    /// to a half.
    pub(super) is_12_bit: bool,
    /// The signal type: 0 at 25 Mbit/s, 2 at 50 Mbit/s, others for HD.
    pub(super) signal: u8,
}

impl Source {
    /// The source of a half, 0 or 1, of a frame; `None` if it has no audio.
    pub(super) fn find(frame: &[u8], system: System, half: usize) -> Option<Self> {
        let count = system.sequences() / 2;
        let sequences = (half * count..(half + 1) * count)
            .flat_map(|sequence| (0..AUDIO_BLOCKS).map(move |block| (sequence, block)));
        let mut packs = sequences.filter_map(|(sequence, at)| {
            let pack = block(frame, sequence, at)?.get(3..8)?.first_chunk::<5>()?;
            (pack[0] == SOURCE).then_some(*pack)
        });
        Self::parse(packs.next()?, system)
    }

    fn parse([_, size, mode, signal, quantization]: [u8; 5], system: System) -> Option<Self> {
        // No audio.
        if mode & 15 == 15 {
            return None;
        }
        let frequency = match quantization >> 3 & 7 {
            0 => Frequency::Hz48000,
            1 => Frequency::Hz44100,
            2 => Frequency::Hz32000,
            _ => return None,
        };
        Some(Self {
            frequency,
            samples: system.min_samples(frequency) + usize::from(size & 0x3f),
            is_12_bit: match quantization & 7 {
                0 => false,
                1 => true,
                _ => return None,
            },
            signal: signal & 31,
        })
    }

    /// Sample rate in Hz.
    pub(super) fn sample_rate(self) -> u32 {
        match self.frequency {
            Frequency::Hz48000 => 48_000,
            Frequency::Hz44100 => 44_100,
            Frequency::Hz32000 => 32_000,
        }
    }

    /// Appends the samples of two channels, interleaved as 16-bit little-endian: of both
    /// halves with 16 bits, and of this half with 12 bits.
    pub(super) fn read(self, frame: &[u8], system: System, half: usize, pcm: &mut Vec<u8>) {
        for n in 0..self.samples {
            let pair = match self.is_12_bit {
                true => pair_of_12_bits(frame, system, half, n),
                false => [0, 1].map(|half| sample_of_16_bits(frame, system, half, n)),
            };
            pcm.extend(pair.into_iter().flat_map(i16::to_le_bytes));
        }
    }
}

/// An audio block of a sequence; `None` where another kind of block or damage is.
fn block(frame: &[u8], sequence: usize, at: usize) -> Option<&[u8]> {
    let start = sequence * SEQUENCE + (6 + 16 * at) * BLOCK;
    let block = frame.get(start..start + BLOCK)?;
    // The type of the section, and the number of the block.
    (block[0] >> 5 == 3 && usize::from(block[2]) == at).then_some(block)
}

/// `LENGTH` bytes of sample `n` of a half.
fn bytes<const LENGTH: usize>(
    frame: &[u8],
    system: System,
    half: usize,
    n: usize,
) -> Option<&[u8; LENGTH]> {
    let count = system.sequences() / 2;
    let sequence = (n / 3 + 2 * (n % 3)) % count + half * count;
    let cycle = 9 * count;
    let at = 3 * (n % 3) + n % cycle / (3 * count);
    let offset = BLOCK_HEADER + LENGTH * (n / cycle);
    block(frame, sequence, at)?.get(offset..)?.first_chunk()
}

/// A missing sample and the code of an error are silence.
fn sample_of_16_bits(frame: &[u8], system: System, half: usize, n: usize) -> i16 {
    let sample = bytes(frame, system, half, n).map_or(0, |&bytes| i16::from_be_bytes(bytes));
    if sample == i16::MIN { 0 } else { sample }
}

fn pair_of_12_bits(frame: &[u8], system: System, half: usize, n: usize) -> [i16; 2] {
    let Some(&[first, second, low]) = bytes(frame, system, half, n) else {
        return [0; 2];
    };
    [(first, low >> 4), (second, low & 15)].map(|(high, low)| {
        // Sign-extended from 12 bits.
        let code = i16::from_be_bytes([high, low << 4]) >> 4;
        if code == -0x800 { 0 } else { expand(code) }
    })
}

/// Expands a nonlinear sample of 12 bits to 16: each segment of 256 values above the first
/// two has twice the step of the one before it.
fn expand(code: i16) -> i16 {
    if code < 0 {
        return !expand(!code);
    }
    match code >> 8 {
        0 | 1 => code,
        segment => (code - ((segment - 1) << 8)) << (segment - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_12_bits_are_expanded_in_segments() {
        for (code, expected) in [
            (0, 0),
            (0x1ff, 0x1ff),
            (0x200, 0x200),
            (0x2ff, 0x3fe),
            (0x300, 0x400),
            (0x6ff, 0x3fe0),
            (0x7ff, 0x7fc0),
            (-1, -1),
            (-0x200, -0x200),
            (-0x201, -0x201),
            (-0x7ff, -0x7f81),
        ] {
            assert_eq!(expand(code), expected, "{code:#x}");
        }
    }

    #[test]
    fn each_sample_has_a_place_of_its_own() {
        for (system, count) in [(System::Ntsc, 1620), (System::Pal, 1944)] {
            let frame = vec![0x60; system.sequences() * SEQUENCE];
            let mut places: Vec<usize> = (0..count)
                .map(|n| {
                    let count = system.sequences() / 2;
                    let sequence = (n / 3 + 2 * (n % 3)) % count;
                    let at = 3 * (n % 3) + n % (9 * count) / (3 * count);
                    (sequence * 9 + at) * 36 + n / (9 * count)
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), count);
            // Blocks of another kind are silence.
            assert_eq!(sample_of_16_bits(&frame, system, 0, 0), 0);
        }
    }

    #[test]
    fn a_pack_describes_the_source() {
        let source = Source::parse([SOURCE, 0xd6, 0x30, 0xc0, 0xc0], System::Ntsc).unwrap();
        assert_eq!((source.sample_rate(), source.samples), (48_000, 1602));
        assert!(!source.is_12_bit);
        let source = Source::parse([SOURCE, 0xd0, 0x30, 0xe0, 0xd1], System::Pal).unwrap();
        assert_eq!((source.sample_rate(), source.samples), (32_000, 1280));
        assert!(source.is_12_bit);
        for pack in [[SOURCE, 0, 0x3f, 0xc0, 0xc0], [SOURCE, 0, 0x30, 0xc0, 0xd8]] {
            assert_eq!(Source::parse(pack, System::Ntsc), None);
        }
    }
}
