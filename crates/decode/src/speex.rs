//! Speex. The plugin decodes it, one frame to a packet unless a header states more.
//!
//! FLV has no such header, and Flash puts several frames into a packet. libavcodec would
//! decode the first and drop the others, so each frame becomes a packet of its own. Frames
//! are not aligned to bytes, and their lengths follow from their modes (The Speex Codec Manual
//! 1.2, tables 9.1 and 10.1).

use std::sync::Arc;

use tonearm_media_core::{
    BitReader, Decoder, DecoderPlugin, Packet, Pcm, Result, Track, Undecodable,
};

/// Bits of a narrowband frame by its mode, 0 to 8, with the bits that state the mode.
const NARROWBAND: [usize; 9] = [5, 43, 119, 160, 220, 300, 364, 492, 79];
/// Bits of a layer of higher frequencies by its mode, 0 to 4, likewise.
const LAYER: [usize; 5] = [4, 36, 112, 192, 352];
/// Most frames of a packet. The standard has no limit; libspeex's tools stop at 10.
const MAX_FRAMES: usize = 64;

/// Opens a decoder.
pub(super) fn open(track: &Track, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    let inner = plugin.open(track)?;
    // The header states the number of frames.
    if !track.params.config.is_empty() {
        return Ok(inner);
    }
    Ok(Box::new(Frames {
        inner,
        frame: Packet::default(),
        one: Pcm::default(),
    }))
}

/// Decodes the frames of a packet one by one.
struct Frames {
    inner: Box<dyn Decoder>,
    frame: Packet,
    one: Pcm,
}

impl Decoder for Frames {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let ends = frame_ends(&packet.data);
        if ends.len() < 2 {
            return self.inner.decode(packet, pcm);
        }
        let mut samples = Vec::new();
        let mut start = 0;
        for end in ends {
            copy_bits(&packet.data, start, end, &mut self.frame.data);
            self.inner.decode(&self.frame, &mut self.one)?;
            samples.extend_from_slice(&self.one.samples);
            start = end;
        }
        std::mem::swap(pcm, &mut self.one);
        pcm.samples = samples;
        Ok(())
    }

    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.inner.flush(pcm)
    }
}

/// The position after each frame, in bits. Ends at the first mode that is none of a frame:
/// the terminator, a request to the receiver, or damage.
fn frame_ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some((is_layer, length)) = part_at(bytes, at) {
        at += length;
        if at > bytes.len() * 8 {
            break;
        }
        if !is_layer {
            if ends.len() == MAX_FRAMES {
                break;
            }
            ends.push(at);
        } else if let Some(end) = ends.last_mut() {
            *end = at;
        } else {
            break;
        }
    }
    ends
}

/// Whether a layer begins at a bit, or a frame, and its length in bits.
fn part_at(bytes: &[u8], at: usize) -> Option<(bool, usize)> {
    let mut bits = BitReader::new(bytes.get(at / 8..)?);
    bits.read(at % 8)?;
    let is_layer = bits.flag()?;
    let (count, lengths) = match is_layer {
        true => (3, &LAYER[..]),
        false => (4, &NARROWBAND[..]),
    };
    let mode = bits.read(count)? as usize;
    Some((is_layer, *lengths.get(mode)?))
}

/// Replaces `frame` with the bits from `start` to `end`, a terminator, and padding.
fn copy_bits(bytes: &[u8], start: usize, end: usize, frame: &mut Vec<u8>) {
    frame.clear();
    let (first, shift) = (start / 8, start % 8);
    let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or(0));
    for at in first..first + (end - start).div_ceil(8) {
        let pair = byte(at) << 8 | byte(at + 1);
        frame.push((pair >> (8 - shift)) as u8);
    }
    // 01111 ends the frames; the bits after it are ones.
    let used = (end - start) % 8;
    match frame.last_mut() {
        Some(last) if used > 0 => {
            let free = 0xff_u8 >> used;
            *last = *last & !free | free >> 1;
        }
        _ => {}
    }
    frame.push(if used > 0 { 0xff } else { 0x7f });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of these bits.
    fn packed(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().map(|bit| bit - b'0').collect();
        let byte = |bits: &[u8]| (0..8).fold(0, |sum, at| sum << 1 | bits.get(at).unwrap_or(&1));
        bits.chunks(8).map(byte).collect()
    }

    /// A frame of narrowband mode 1 with a layer of mode 1: 79 bits.
    fn frame(bit: &str) -> String {
        format!("00001{}1001{}", bit.repeat(38), bit.repeat(32))
    }

    #[test]
    fn the_frames_of_a_packet_are_told_apart() {
        let two = packed(&(frame("1") + &frame("0")));
        assert_eq!((two.len(), frame_ends(&two)), (20, vec![79, 158]));
        // A terminator, in whole and cut off, and half a frame end the frames.
        let ended = packed(&(frame("1") + "01111" + &frame("0")));
        assert_eq!(frame_ends(&ended), [79]);
        assert_eq!(frame_ends(&two[..15]), [79]);
        assert_eq!(frame_ends(&packed("1001")), [0; 0]);
        assert_eq!(frame_ends(&[]), [0; 0]);
        assert_eq!(frame_ends(&[0; 1000]).len(), MAX_FRAMES);
    }

    #[test]
    fn a_frame_becomes_a_packet_of_its_own() {
        let two = packed(&(frame("1") + &frame("0")));
        let mut bytes = Vec::new();
        copy_bits(&two, 79, 158, &mut bytes);
        assert_eq!(frame_ends(&bytes), [79]);
        assert_eq!(bytes[..9], packed(&frame("0"))[..9]);
        copy_bits(&two, 0, 79, &mut bytes);
        assert_eq!(frame_ends(&bytes), [79]);
        assert_eq!(bytes[..9], two[..9]);
        copy_bits(&[0xab, 0xcd], 0, 8, &mut bytes);
        assert_eq!(bytes, [0xab, 0x7f]);
    }
}
