//! Syntactic elements of a `raw_data_block` (ISO/IEC 14496-3, 4.4.2.1).

use super::bits::Bits;
use super::books::Books;
use super::channel::{Channel, Noise};
use super::layout::Kind;
use super::scales::Scales;
use super::stereo::Mask;
use super::windows::Windows;

/// Names of elements, of three bits each.
const SINGLE: u32 = 0;
const PAIR: u32 = 1;
const LOW_FREQUENCY: u32 = 3;
const DATA: u32 = 4;
const FILL: u32 = 6;
const END: u32 = 7;

/// Bits of a name.
const NAME: u32 = 3;

/// What channels are read with.
pub(super) struct Tables {
    pub(super) books: Books,
    pub(super) scales: Scales,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            books: Books::new(),
            scales: Scales::new(),
        }
    }
}

/// An element with sound in it.
pub(super) struct Element {
    kind: Kind,
    noise: Noise,
}

impl Element {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            noise: Noise::new(),
        }
    }

    /// How many channels it has.
    pub(super) fn channel_count(&self) -> usize {
        match self.kind {
            Kind::Single => 1,
            Kind::Pair => 2,
        }
    }

    /// Reads its channels. `None` where it is damaged or another element.
    pub(super) fn read(
        &mut self,
        bits: &mut Bits<'_>,
        tables: &Tables,
        [left, right]: &mut [Channel; 2],
    ) -> Option<()> {
        let name = bits.read(NAME);
        let _tag = bits.read(4);
        match (self.kind, name) {
            (Kind::Single, SINGLE) => left.read(bits, tables, None, &mut self.noise)?,
            (Kind::Pair, PAIR) => {
                let is_common = bits.flag();
                let mut shared = None;
                if is_common {
                    let windows = Windows::read(bits)?;
                    shared = Some((windows, Mask::read(bits, &windows)?));
                }
                let windows = shared.as_ref().map(|&(windows, _)| windows);
                left.read(bits, tables, windows, &mut self.noise)?;
                right.read(bits, tables, windows, &mut self.noise)?;
                match shared {
                    Some((_, mask)) => mask.apply(left, right),
                    // Where both are divided alike alone can one be made of the other.
                    None if right.has_intensity() => return None,
                    None => {}
                }
            }
            _ => return None,
        }
        let is_whole = !left.has_intensity();
        is_whole.then_some(())
    }
}

/// What an element begins with.
fn name(bits: &Bits<'_>) -> u32 {
    bits.window() >> (32 - NAME)
}

/// Whether the element that comes is the low-frequency channel.
pub(super) fn is_low_frequency(bits: &Bits<'_>) -> bool {
    name(bits) == LOW_FREQUENCY
}

/// Whether none comes, be it that the block of `length` bits ends without a word.
pub(super) fn is_end(bits: &Bits<'_>, length: usize) -> bool {
    let left = length.checked_sub(bits.position());
    left.is_some_and(|left| left < NAME as usize || name(bits) == END)
}

/// Goes past elements without sound. `None` where there is more to them: SBR.
pub(super) fn pass_others(bits: &mut Bits<'_>, length: usize) -> Option<()> {
    while bits.position() < length {
        match name(bits) {
            DATA => pass_data(bits),
            FILL => pass_fill(bits)?,
            _ => break,
        }
    }
    Some(())
}

/// `data_stream_element`.
fn pass_data(bits: &mut Bits<'_>) {
    let _name_and_tag = bits.read(NAME + 4);
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
    let _name = bits.read(NAME);
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
