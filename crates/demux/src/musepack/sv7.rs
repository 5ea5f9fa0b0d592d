//! Musepack, stream version 7: a header of 24 bytes, then frames of any number of bits, each
//! after its length in 20 bits. The bits are in words of 32, least significant byte first.
//!
//! A packet consists of whole words. Four bytes before them state the bit at which the frame
//! begins, and whether the frame is the last.

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, Input, Packet, ReadStep, Result, Track, TrackChoice,
};

use super::FRAME;
use crate::packet_source::{PacketDemuxer, PacketSource};
use crate::track_selection;

/// Bytes of the header.
const HEADER: u64 = 24;
/// Bytes of the header that configure the decoder: all but the signature and the number of
/// frames.
const CONFIG: usize = 16;
/// Bits of a word, and of a length.
const WORD: u64 = 32;
const LENGTH: u64 = 20;
/// The bit of the word after the header at which the first length begins.
const FIRST_BIT: u64 = 8;

struct Frames {
    input: Input,
    start: u64,
    count: u64,
    next: u64,
    /// Word and bit at which the next length begins; the words are counted in bytes.
    word: u64,
    bit: u64,
}

/// Whether a header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    matches!(bytes, [b'M', b'P', b'+', version, ..] if version & 15 == 7)
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    track_selection::only(choice, Codec::Musepack7, None)?;
    input.set_pos(start + 4);
    let count = u64::from(u32::from_le_bytes(input.array()?));
    let config: [u8; CONFIG] = input.array()?;
    let rate = super::rate(config.get(2).copied().unwrap_or_default() & 3);
    let rate = rate.unwrap_or(super::RATES[0]);
    let params = CodecParams {
        channels: Some(Channels::STEREO),
        config: config.to_vec(),
        ..CodecParams::new(Codec::Musepack7, rate)
    };
    let track = Track {
        params,
        tick_rate: rate,
        has_exact_ticks: true,
        seconds: Some((count * FRAME) as f64 / f64::from(rate)),
        ..Track::default()
    };
    let mut frames = Frames {
        input,
        start: start + HEADER,
        count,
        next: 0,
        word: 0,
        bit: 0,
    };
    frames.seek(0)?;
    Ok(PacketDemuxer::open(frames, track))
}

impl Frames {
    /// The length in bits at the current bit.
    fn length(&mut self) -> Result<u64> {
        self.input.set_pos(self.word);
        let first = u64::from(u32::from_le_bytes(self.input.array()?));
        let mut bits = first << WORD;
        if self.bit + LENGTH > WORD {
            bits |= u64::from(u32::from_le_bytes(self.input.array()?));
        }
        Ok(bits << self.bit >> (2 * WORD - LENGTH))
    }
}

impl PacketSource for Frames {
    fn read(&mut self, packet: &mut Packet, _wants_data: bool) -> Result<ReadStep> {
        if self.next >= self.count {
            return Ok(ReadStep::End);
        }
        let length = self.length()?;
        let begin = self.bit + LENGTH;
        let words = (begin + length).div_ceil(WORD);
        packet.fill(&mut self.input, self.word, words * 4, FRAME)?;
        self.next += 1;
        // The frame may begin in the second word.
        let begin_byte = u8::try_from(begin).unwrap_or_default();
        packet.data.splice(0..0, [begin_byte, 0, 0, 0]);
        let end = begin + length;
        self.word += end / WORD * 4;
        self.bit = end % WORD;
        Ok(ReadStep::Packet)
    }

    /// The scale factors of a frame refer to the frames before it.
    fn position(&self) -> Option<u64> {
        None
    }

    fn seek(&mut self, _position: u64) -> Result<()> {
        (self.word, self.bit, self.next) = (self.start, FIRST_BIT, 0);
        Ok(())
    }

    fn progress(&self) -> (u64, u64) {
        (self.word, self.input.len())
    }
}
