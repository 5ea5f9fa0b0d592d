//! A `raw_data_block` taken apart into its syntactic elements (ISO/IEC 14496-3, 4.4.2.1),
//! without decoding them.

use std::ops::Range;

use super::bits::{Bits, Words};
use super::books::Books;
use super::channel::{self, Section, Windows};
use crate::decode::Place;

/// An element with sound in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One channel: `single_channel_element`.
    Single,
    /// Two: `channel_pair_element`.
    Pair,
}

/// A channel configuration (table 1.19).
#[derive(Debug)]
pub(crate) struct Layout {
    /// In the order of the stream.
    pub(crate) elements: &'static [Kind],
    /// Of their channels, and of the low-frequency channel behind them.
    pub(crate) places: &'static [Place],
    /// Whether there is one.
    pub(crate) has_low_frequency: bool,
}

impl Layout {
    /// Of the configurations with more than two channels and up to 5.1.
    pub(crate) fn of(configuration: u8) -> Option<&'static Self> {
        LAYOUTS.get(usize::from(configuration).checked_sub(3)?)
    }
}

const LAYOUTS: [Layout; 4] = {
    use Kind::{Pair, Single};
    use Place::{BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Right};
    [
        Layout {
            elements: &[Single, Pair],
            places: &[FrontCentre, FrontLeft, FrontRight],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair, Single],
            places: &[FrontCentre, FrontLeft, FrontRight, BackCentre],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair, Pair],
            places: &[FrontCentre, FrontLeft, FrontRight, Left, Right],
            has_low_frequency: false,
        },
        Layout {
            elements: &[Single, Pair, Pair],
            places: &[
                FrontCentre,
                FrontLeft,
                FrontRight,
                Left,
                Right,
                LowFrequency,
            ],
            has_low_frequency: true,
        },
    ]
};

/// Finds the elements of blocks.
pub(crate) struct Splitter {
    layout: &'static Layout,
    books: Books,
    words: Words,
    sections: Vec<Section>,
    found: Vec<Range<usize>>,
}

impl Splitter {
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Self {
            layout,
            books: Books::new(),
            words: Words::default(),
            sections: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The bits of each element of the layout; that of the low-frequency channel, which
    /// is not heard, is left out. `None` where the block is damaged, or holds anything
    /// that does not belong to the layout or to LC: elements in another order, coupling,
    /// a configuration, SBR.
    pub(crate) fn split(&mut self, block: &[u8]) -> Option<&[Range<usize>]> {
        self.words.fill(block);
        self.found.clear();
        let mut bits = Bits::new(&self.words);
        loop {
            let start = bits.position();
            let id = bits.read(3);
            let expected = self.layout.elements.get(self.found.len());
            match (id, expected) {
                (0, Some(Kind::Single)) => {
                    pass_single(&mut bits, &self.books, &mut self.sections)?;
                }
                (1, Some(Kind::Pair)) => {
                    pass_pair(&mut bits, &self.books, &mut self.sections)?;
                }
                (3, None) if self.layout.has_low_frequency => return Some(&self.found),
                (4, _) => pass_data(&mut bits),
                (6, _) => pass_fill(&mut bits)?,
                (7, None) if !self.layout.has_low_frequency => return Some(&self.found),
                _ => return None,
            }
            if bits.position() > block.len() * 8 {
                return None;
            }
            if id < 2 {
                self.found.push(start..bits.position());
            }
        }
    }
}

fn pass_single(bits: &mut Bits<'_>, books: &Books, sections: &mut Vec<Section>) -> Option<()> {
    let _tag = bits.read(4);
    channel::pass(bits, books, sections, None, false)
}

fn pass_pair(bits: &mut Bits<'_>, books: &Books, sections: &mut Vec<Section>) -> Option<()> {
    const EACH_BAND: u32 = 1;
    const RESERVED: u32 = 3;
    let _tag = bits.read(4);
    let mut shared = None;
    let is_common = bits.flag();
    if is_common {
        let windows = Windows::read(bits)?;
        match bits.read(2) {
            EACH_BAND => bits.seek(bits.position() + windows.bands()),
            RESERVED => return None,
            _ => {}
        }
        shared = Some(windows);
    }
    channel::pass(bits, books, sections, shared, false)?;
    // The second may be made of the first, where both are divided alike.
    channel::pass(bits, books, sections, shared, is_common)
}

/// `data_stream_element`.
fn pass_data(bits: &mut Bits<'_>) {
    let _tag = bits.read(4);
    let is_aligned = bits.flag();
    let count = match bits.read(8) {
        255 => 255 + bits.read(8),
        count => count,
    };
    let start = match is_aligned {
        true => bits.position().next_multiple_of(8),
        false => bits.position(),
    };
    bits.seek(start + count as usize * 8);
}

/// `fill_element`, in which anything but SBR is for decoders of another kind.
fn pass_fill(bits: &mut Bits<'_>) -> Option<()> {
    const SBR: [u32; 2] = [13, 14];
    let count = match bits.read(4) {
        15 => 14 + bits.read(8),
        count => count,
    };
    let start = bits.position();
    if count > 0 && SBR.contains(&bits.read(4)) {
        return None;
    }
    bits.seek(start + count as usize * 8);
    Some(())
}

/// Replaces `out` by a block of these bits and nothing else.
pub(crate) fn cut(block: &[u8], bits: &Range<usize>, out: &mut Vec<u8>) {
    out.clear();
    let (first, shift) = (bits.start / 8, bits.start % 8);
    let source = block.get(first..bits.end.div_ceil(8)).unwrap_or_default();
    if shift == 0 {
        out.extend_from_slice(source);
    } else {
        let next = source.iter().skip(1).chain(&[0]);
        let shifted = source.iter().zip(next);
        out.extend(shifted.map(|(byte, next)| byte << shift | next >> (8 - shift)));
    }
    // The end: three ones.
    let length = bits.len();
    let last = out.get(length / 8).copied().unwrap_or(0) & !(0xff >> (length % 8));
    let end = 0b111 << 13 >> (length % 8) | u16::from(last) << 8;
    out.truncate(length / 8);
    out.extend_from_slice(&end.to_be_bytes());
}
