//! The stream of one channel (ISO/IEC 14496-3, 4.4.2.7), at 44.1 and 48 kHz: up to its
//! spectrum.

use super::bits::Bits;
use super::books::Books;
use super::elements::Tables;
use super::shaping::Shaping;
use super::windows::Windows;

/// Lines of a spectrum.
pub(super) const LINES: usize = 1024;

/// Most bands of all groups: eight groups of short windows have 14 each.
pub(super) const MOST_BANDS: usize = 8 * 14;

/// Codebooks with a meaning of their own.
const ZERO: u8 = 0;
const ESCAPE: u8 = 11;
const RESERVED: u8 = 12;
const NOISE: u8 = 13;
const OPPOSITE: u8 = 14;
const ALIKE: u8 = 15;

/// What a channel's stream says.
pub(super) struct Channel {
    pub(super) windows: Windows,
    /// Of each band of each group its codebook and its scale.
    codebooks: [u8; MOST_BANDS],
    scales: [f32; MOST_BANDS],
    shaping: Shaping,
    pub(super) lines: [f32; LINES],
}

/// What takes the place of noise, which is not in the stream.
pub(super) struct Noise(u32);

impl Noise {
    pub(super) fn new() -> Self {
        // What ffmpeg begins with.
        Self(0x1f2e_3d4c)
    }

    /// Noise of this energy.
    fn fill(&mut self, scale: f32, lines: &mut [f32]) {
        let mut energy = 0.0;
        for line in lines.iter_mut() {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *line = f32::from((self.0 >> 16) as i16);
            energy += *line * *line;
        }
        let scale = scale / energy.sqrt();
        lines.iter_mut().for_each(|line| *line *= scale);
    }
}

impl Channel {
    pub(super) fn new() -> Self {
        Self {
            windows: Windows::default(),
            codebooks: [ZERO; MOST_BANDS],
            scales: [0.0; MOST_BANDS],
            shaping: Shaping::default(),
            lines: [0.0; LINES],
        }
    }

    /// Reads `individual_channel_stream`. Its windows are given where it shares them with
    /// another. `None` where it makes no sense or is nothing that an encoder of LC would
    /// write; pulses count among that.
    pub(super) fn read(
        &mut self,
        bits: &mut Bits<'_>,
        tables: &Tables,
        shared: Option<Windows>,
        noise: &mut Noise,
    ) -> Option<()> {
        let gain = bits.read(8);
        self.windows = match shared {
            Some(windows) => windows,
            None => Windows::read(bits)?,
        };
        self.read_sections(bits)?;
        self.read_scales(bits, tables, gain as i32)?;
        let has_pulses = bits.flag();
        if has_pulses {
            return None;
        }
        self.shaping.read(bits, &self.windows)?;
        let has_gain_control = bits.flag();
        if has_gain_control {
            return None;
        }
        self.read_spectrum(bits, &tables.books, noise)
    }

    /// `section_data`: which codebooks.
    fn read_sections(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let width = if self.windows.is_long() { 5 } else { 3 };
        let goes_on = (1 << width) - 1;
        let bands = self.windows.bands;
        for group in self
            .codebooks
            .chunks_mut(bands.max(1))
            .take(self.windows.group_count())
        {
            let mut band = 0;
            while band < bands {
                let book = bits.read(4) as u8;
                let start = band;
                loop {
                    let more = bits.read(width);
                    band += more as usize;
                    if more != goes_on || band > bands {
                        break;
                    }
                }
                if band == start || book == RESERVED {
                    return None;
                }
                group.get_mut(start..band)?.fill(book);
            }
        }
        Some(())
    }

    /// `scale_factor_data`.
    fn read_scales(&mut self, bits: &mut Bits<'_>, tables: &Tables, gain: i32) -> Option<()> {
        let Tables { books, scales } = tables;
        let mut factor = gain;
        let mut position = 0;
        let mut energy = gain - 90;
        let mut has_noise = false;
        let count = self.windows.all_bands();
        let bands = self.codebooks.iter().zip(&mut self.scales).take(count);
        for (&book, scale) in bands {
            *scale = match book {
                ZERO => 0.0,
                ALIKE | OPPOSITE => {
                    position += books.scale_factor(bits);
                    scales.of_intensity(position)?
                }
                NOISE => {
                    energy += match has_noise {
                        true => books.scale_factor(bits),
                        false => bits.read(9) as i32 - 256,
                    };
                    has_noise = true;
                    scales.of_noise(energy)?
                }
                _ => {
                    factor += books.scale_factor(bits);
                    scales.of_lines(factor)?
                }
            };
        }
        Some(())
    }

    /// `spectral_data`.
    fn read_spectrum(
        &mut self,
        bits: &mut Bits<'_>,
        books: &Books,
        noise: &mut Noise,
    ) -> Option<()> {
        self.lines.fill(0.0);
        for band in self.windows.each_band() {
            let (book, scale) = (self.codebooks[band.number], self.scales[band.number]);
            for window in band.windows.clone() {
                let lines = &mut self.lines[band.lines_in(window)];
                match book {
                    1..=4 => books.quads[usize::from(book - 1)].read(bits, scale, lines),
                    5..=10 => books.pairs[usize::from(book - 5)].read(bits, scale, lines),
                    ESCAPE => books.escapes.read(bits, scale, lines)?,
                    NOISE => noise.fill(scale, lines),
                    _ => {}
                }
            }
        }
        Some(())
    }

    /// Filters the lines.
    pub(super) fn shape(&mut self, rate: u32) {
        self.shaping.apply(&self.windows, rate, &mut self.lines);
    }

    /// Whether it is made of another channel, as the second of a pair may be.
    pub(super) fn has_intensity(&self) -> bool {
        let books = self.codebooks.iter().take(self.windows.all_bands());
        books.copied().any(|book| book == ALIKE || book == OPPOSITE)
    }

    pub(super) fn is_noise(&self, band: usize) -> bool {
        self.codebooks[band] == NOISE
    }

    /// What the second channel of a pair is of the first in a band, if that is all that it
    /// is.
    pub(super) fn intensity(&self, band: usize) -> Option<f32> {
        match self.codebooks[band] {
            ALIKE => Some(self.scales[band]),
            OPPOSITE => Some(-self.scales[band]),
            _ => None,
        }
    }
}
