//! Packs frames that were encoded independently with a bit reservoir.
//!
//! An independent frame must have room for all of its own data, so its bitrate is rounded
//! up. In a stream with a reservoir, the data of a frame may begin in the unused bytes of
//! the frames before it (`main_data_begin`; ISO/IEC 11172-3, 2.4.2.7 and 2.4.3.4). Each
//! frame then needs only the lowest bitrate with which the data up to here fits.
//!
//! The coded data is moved, not changed, so the stream decodes to the same samples. A
//! drained reservoir is empty: a packed stream can be joined to another there.

use std::collections::VecDeque;

use crate::frame_header::FrameHeader;
use crate::splitter::NotMp3;
use crate::xing::side_information_end;

/// Packs frames. Memory does not grow with their number.
#[derive(Debug, Default)]
pub struct Reservoir {
    /// Frames with free bytes, and the frames between them.
    pending: VecDeque<Frame>,
    /// Free bytes of all pending frames.
    free: usize,
}

/// A frame that is being filled.
#[derive(Debug)]
struct Frame {
    bytes: Vec<u8>,
    /// Offset of the first free byte.
    filled: usize,
}

impl Frame {
    fn free(&self) -> usize {
        self.bytes.len() - self.filled
    }
}

impl Reservoir {
    /// Adds an independent frame, and calls `on_frame` with each frame that is complete.
    ///
    /// # Errors
    /// [`NotMp3`] where `frame` is not one whole MP3 frame, or needs bytes of others.
    pub fn push(&mut self, frame: &[u8], on_frame: impl FnMut(&[u8])) -> Result<(), NotMp3> {
        let source = Source::parse(frame).ok_or(NotMp3)?;
        let begin = self.free;
        let own = source.data.len().saturating_sub(begin);
        let mut head = source.head_for(own).ok_or(NotMp3)?;
        source.set_main_data_begin(&mut head.bytes, begin);
        self.free += head.free();
        self.pending.push_back(head);
        self.fill(Some(source.data), source.data.len());
        // A decoder keeps no more than the next frame can point back to.
        self.fill(None, self.free.saturating_sub(source.max_begin()));
        self.emit(on_frame);
        Ok(())
    }

    /// Calls `on_frame` with the remaining frames, whose free bytes stay zero. The next
    /// frame needs none of them.
    pub fn drain(&mut self, on_frame: impl FnMut(&[u8])) {
        self.fill(None, self.free);
        self.emit(on_frame);
    }

    /// Uses up `count` free bytes: copies `data` there, or leaves them zero.
    fn fill(&mut self, data: Option<&[u8]>, count: usize) {
        let mut done = 0;
        for frame in &mut self.pending {
            let now = frame.free().min(count - done);
            let to = frame.bytes.iter_mut().skip(frame.filled);
            let from = data.into_iter().flatten().skip(done).take(now);
            to.zip(from).for_each(|(to, from)| *to = *from);
            frame.filled += now;
            done += now;
        }
        self.free -= done;
    }

    fn emit(&mut self, mut on_frame: impl FnMut(&[u8])) {
        while let Some(frame) = self.pending.pop_front_if(|frame| frame.free() == 0) {
            on_frame(&frame.bytes);
        }
    }
}

/// An independent frame.
struct Source<'a> {
    header: [u8; 4],
    side: &'a [u8],
    /// Scale factors and Huffman codes of all granules, up to the last byte with a code.
    data: &'a [u8],
}

impl<'a> Source<'a> {
    fn parse(frame: &'a [u8]) -> Option<Self> {
        let header: [u8; 4] = *frame.first_chunk()?;
        let parsed = FrameHeader::parse_layer_3(frame)?;
        let side_length = side_information_end(header) - FrameHeader::LENGTH;
        let checksum = if header[1] & 1 == 0 { 2 } else { 0 };
        let start = FrameHeader::LENGTH + checksum;
        let side = frame.get(start..start + side_length)?;
        let this = Self {
            header,
            side,
            data: &[],
        };
        let begin = this.bits(0, if this.is_mpeg_1() { 9 } else { 8 })?;
        let data_length = usize::try_from(this.data_bits()?.div_ceil(8)).ok()?;
        let data_start = start + side_length;
        let data = frame.get(data_start..data_start + data_length)?;
        (begin == 0 && frame.len() == parsed.length).then_some(Self { data, ..this })
    }

    fn is_mpeg_1(&self) -> bool {
        self.header[1] >> 3 & 3 == 3
    }

    /// Most bytes to which `main_data_begin` can point back: it has 9 bits, and 8 in MPEG-2.
    fn max_begin(&self) -> usize {
        if self.is_mpeg_1() { 511 } else { 255 }
    }

    /// The sum of `part2_3_length` (ISO/IEC 11172-3, 2.4.1.7; 13818-3, 2.4.1.7).
    fn data_bits(&self) -> Option<u32> {
        let channels = if self.header[3] >> 6 == 3 { 1 } else { 2 };
        // Before the granules: `main_data_begin`, private bits, and in MPEG-1 `scfsi`. Then
        // each channel of each granule starts with its length.
        let (start, step, count) = match (self.is_mpeg_1(), channels) {
            (true, 1) => (18, 59, 2),
            (true, _) => (20, 59, 4),
            (false, 1) => (9, 63, 1),
            (false, _) => (10, 63, 2),
        };
        (0..count)
            .map(|part| self.bits(start + part * step, 12))
            .sum()
    }

    /// `count` bits of the side information from bit `at` on.
    fn bits(&self, at: usize, count: usize) -> Option<u32> {
        (at..at + count).try_fold(0, |so_far, at| {
            let byte = self.side.get(at / 8)?;
            Some(so_far << 1 | u32::from(byte >> (7 - at % 8) & 1))
        })
    }

    /// A frame without data at the lowest bitrate that has room for `bytes`.
    fn head_for(&self, bytes: usize) -> Option<Frame> {
        let [sync, version, rates, mode] = self.header;
        let lowest = (1..15).map(|bitrate| bitrate << 4 | rates & 0x0d);
        // The frame as it was has room in any case: it may have a padding slot.
        let mut rates = lowest.chain([rates]);
        rates.find_map(|rates| {
            let header = [sync, version | 1, rates, mode];
            let length = FrameHeader::parse_layer_3(&header)?.length;
            let filled = FrameHeader::LENGTH + self.side.len();
            (length >= filled + bytes).then(|| {
                let mut frame = Vec::with_capacity(length);
                frame.extend_from_slice(&header);
                frame.extend_from_slice(self.side);
                frame.resize(length, 0);
                Frame {
                    bytes: frame,
                    filled,
                }
            })
        })
    }

    /// Writes `main_data_begin`, which is zero so far.
    fn set_main_data_begin(&self, frame: &mut [u8], begin: usize) {
        let field = match self.is_mpeg_1() {
            true => (begin << 7).to_be_bytes(),
            false => (begin << 8).to_be_bytes(),
        };
        let [.., high, low] = field;
        let side = frame.iter_mut().skip(FrameHeader::LENGTH);
        side.zip([high, low]).for_each(|(to, from)| *to |= from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An independent frame of MPEG-1 stereo at 44.1 kHz that holds `length` bytes of data.
    fn independent(length: usize, seed: u8) -> Vec<u8> {
        let bits = length * 8 - 3;
        let bitrate = (1..15u8).find(|bitrate| {
            let header = [0xff, 0xfb, bitrate << 4, 0x64];
            FrameHeader::parse(&header).is_some_and(|it| it.length >= 36 + length)
        });
        let header = [0xff, 0xfb, bitrate.unwrap() << 4, 0x64];
        let mut frame = header.to_vec();
        frame.resize(FrameHeader::parse(&header).unwrap().length, 0);
        // All bits in the first channel of both granules: bits 20 to 31 and 138 to 149.
        let halves = [(20, bits / 2), (138, bits - bits / 2)];
        for (at, value) in halves {
            for bit in 0..12 {
                let byte = 4 + (at + bit) / 8;
                frame[byte] |= ((value >> (11 - bit) & 1) as u8) << (7 - (at + bit) % 8);
            }
        }
        for (at, byte) in frame[36..36 + length].iter_mut().enumerate() {
            *byte = seed.wrapping_add((at * 7) as u8);
        }
        frame
    }

    fn pack(frames: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let (mut reservoir, mut out) = (Reservoir::default(), Vec::new());
        for frame in frames {
            reservoir
                .push(frame, |frame| out.push(frame.to_vec()))
                .unwrap();
            assert!(reservoir.free <= 511);
        }
        reservoir.drain(|frame| out.push(frame.to_vec()));
        out
    }

    /// The data of each frame, found as a decoder finds it.
    fn data(frames: &[Vec<u8>], lengths: &[usize]) -> Vec<Vec<u8>> {
        let mut main = Vec::new();
        let mut found = Vec::new();
        for (frame, length) in frames.iter().zip(lengths) {
            let begin = usize::from(frame[4]) << 1 | usize::from(frame[5] >> 7);
            let start = main.len() - begin;
            main.extend_from_slice(&frame[36..]);
            found.push(main[start..start + length].to_vec());
        }
        found
    }

    #[test]
    fn packed_frames_keep_their_data_in_fewer_bytes() {
        let lengths: Vec<usize> = (0..200).map(|n| 150 + n * 37 % 500).collect();
        let frames: Vec<_> = (0u8..)
            .zip(&lengths)
            .map(|(n, &length)| independent(length, n))
            .collect();
        let packed = pack(&frames);
        assert_eq!(packed.len(), frames.len());
        let expected: Vec<_> = frames
            .iter()
            .zip(&lengths)
            .map(|(frame, length)| frame[36..36 + length].to_vec())
            .collect();
        assert_eq!(data(&packed, &lengths), expected);
        let size = |frames: &[Vec<u8>]| frames.iter().map(Vec::len).sum::<usize>();
        let necessary = lengths.iter().map(|length| length + 36).sum::<usize>();
        assert!(size(&packed) < necessary + 600, "{}", size(&packed));
        assert!(size(&frames) > necessary + 2000);
    }

    #[test]
    fn unneeded_bytes_do_not_exceed_the_reservoir() {
        let lengths = [10; 50];
        let frames: Vec<_> = lengths.iter().map(|&it| independent(it, 1)).collect();
        assert_eq!(data(&pack(&frames), &lengths).len(), 50);
        let large = [900, 10, 10, 900, 950, 20];
        let frames: Vec<_> = large.iter().map(|&it| independent(it, 9)).collect();
        let expected: Vec<_> = frames
            .iter()
            .zip(large)
            .map(|(frame, length)| frame[36..36 + length].to_vec())
            .collect();
        assert_eq!(data(&pack(&frames), &large), expected);
    }

    #[test]
    fn a_frame_that_depends_on_others_is_refused() {
        let mut frame = independent(100, 1);
        frame[4] = 1;
        let mut reservoir = Reservoir::default();
        assert_eq!(reservoir.push(&frame, |_| {}), Err(NotMp3));
        assert_eq!(reservoir.push(b"no frame", |_| {}), Err(NotMp3));
        assert_eq!(
            reservoir.push(&independent(100, 1)[..90], |_| {}),
            Err(NotMp3)
        );
    }
}
