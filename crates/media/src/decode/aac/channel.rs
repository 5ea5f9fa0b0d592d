//! Where the stream of one channel ends (ISO/IEC 14496-3, 4.4.2.7), at 44.1 and 48 kHz.

use super::bits::Bits;
use super::books::Books;

/// Where the bands of a long window begin, and its end (table 4.129).
const LONG: [u16; 50] = [
    0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160,
    176, 196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704,
    736, 768, 800, 832, 864, 896, 928, 1024,
];

/// And of a short one (table 4.130).
const SHORT: [u16; 15] = [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];

/// Codebooks with a meaning of their own.
const ZERO: u32 = 0;
const RESERVED: u32 = 12;
const NOISE: u32 = 13;
const INTENSITY: [u32; 2] = [14, 15];

/// How a channel is divided: `ics_info`.
#[derive(Clone, Copy)]
pub(super) struct Windows {
    is_long: bool,
    /// Bands that are coded: `max_sfb`.
    bands: usize,
    /// How many windows each group has.
    groups: [u8; 8],
    group_count: usize,
}

impl Windows {
    /// `None` where it makes no sense or predicts, which LC does not know.
    pub(super) fn read(bits: &mut Bits<'_>) -> Option<Self> {
        const EIGHT_SHORT: u32 = 2;
        let is_reserved = bits.flag();
        let is_long = bits.read(2) != EIGHT_SHORT;
        let _shape = bits.flag();
        let mut windows = Self {
            is_long,
            bands: 0,
            groups: [1, 0, 0, 0, 0, 0, 0, 0],
            group_count: 1,
        };
        let is_predicted = if is_long {
            windows.bands = bits.read(6) as usize;
            bits.flag()
        } else {
            windows.bands = bits.read(4) as usize;
            for _ in 1..8 {
                windows.group_count += usize::from(!bits.flag());
                *windows.groups.get_mut(windows.group_count - 1)? += 1;
            }
            false
        };
        let is_known = !is_reserved && !is_predicted && windows.bands < windows.offsets().len();
        is_known.then_some(windows)
    }

    fn offsets(&self) -> &'static [u16] {
        if self.is_long { &LONG } else { &SHORT }
    }

    fn groups(&self) -> impl Iterator<Item = u8> {
        self.groups.into_iter().take(self.group_count)
    }

    /// Bands of all groups.
    pub(super) fn bands(&self) -> usize {
        self.bands * self.group_count
    }
}

/// Bands that share a codebook.
#[derive(Clone, Copy)]
pub(super) struct Section {
    book: u32,
    bands: u32,
    /// Values in them.
    lines: u32,
}

/// Goes past the stream of a channel, `individual_channel_stream`. Its windows are given
/// where it shares them with another. `None` where it makes no sense or is nothing that
/// an encoder of LC would write; pulses count among that, which symphonia (0.6.1) adds
/// wrongly.
pub(super) fn pass(
    bits: &mut Bits<'_>,
    books: &Books,
    sections: &mut Vec<Section>,
    shared: Option<Windows>,
    may_be_intensity: bool,
) -> Option<()> {
    let _global_gain = bits.read(8);
    let windows = match shared {
        Some(windows) => windows,
        None => Windows::read(bits)?,
    };
    read_sections(bits, &windows, sections)?;
    let is_known = |section: &Section| {
        section.book != RESERVED && (may_be_intensity || !INTENSITY.contains(&section.book))
    };
    if !sections.iter().all(is_known) {
        return None;
    }
    pass_scale_factors(bits, books, sections)?;
    let has_pulses = bits.flag();
    if has_pulses {
        return None;
    }
    if bits.flag() {
        pass_noise_shaping(bits, windows.is_long)?;
    }
    let has_gain_control = bits.flag();
    if has_gain_control {
        return None;
    }
    for section in sections.iter() {
        // The others have no lines in the stream.
        if let Some((book, values)) = books.spectrum(section.book) {
            book.pass(bits, section.lines / values)?;
        }
    }
    Some(())
}

/// `section_data`.
fn read_sections(
    bits: &mut Bits<'_>,
    windows: &Windows,
    sections: &mut Vec<Section>,
) -> Option<()> {
    let width = if windows.is_long { 5 } else { 3 };
    let goes_on = (1 << width) - 1;
    let offsets = windows.offsets();
    sections.clear();
    for group in windows.groups() {
        let mut band = 0;
        while band < windows.bands {
            let book = bits.read(4);
            let start = band;
            loop {
                let more = bits.read(width);
                band += more as usize;
                if band > windows.bands {
                    return None;
                }
                if more != goes_on {
                    break;
                }
            }
            if band == start {
                return None;
            }
            let lines = offsets.get(band)? - offsets.get(start)?;
            sections.push(Section {
                book,
                bands: (band - start) as u32,
                lines: u32::from(lines) * u32::from(group),
            });
        }
    }
    Some(())
}

/// `scale_factor_data`.
fn pass_scale_factors(bits: &mut Bits<'_>, books: &Books, sections: &[Section]) -> Option<()> {
    let mut has_noise = false;
    let mut count = 0;
    for section in sections.iter().filter(|section| section.book != ZERO) {
        let is_first_noise = section.book == NOISE && !has_noise;
        if is_first_noise {
            has_noise = true;
            books.scale_factors.pass(bits, count)?;
            let _energy = bits.read(9);
            count = section.bands - 1;
        } else {
            count += section.bands;
        }
    }
    books.scale_factors.pass(bits, count)
}

/// `tns_data`.
fn pass_noise_shaping(bits: &mut Bits<'_>, is_long: bool) -> Option<()> {
    let (windows, filters, length, order, most) = match is_long {
        true => (1, 2, 6, 5, 12),
        false => (8, 1, 4, 3, 7),
    };
    for _ in 0..windows {
        let filters = bits.read(filters);
        if filters == 0 {
            continue;
        }
        let resolution = bits.read(1);
        for _ in 0..filters {
            let _length = bits.read(length);
            let order = bits.read(order);
            if order > most {
                return None;
            }
            if order > 0 {
                let _direction = bits.flag();
                let is_compressed = bits.read(1);
                for _ in 0..order {
                    let _coefficient = bits.read(3 + resolution - is_compressed);
                }
            }
        }
    }
    Some(())
}
