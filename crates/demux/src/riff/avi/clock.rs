//! The times of chunks. AVI has no timestamps: the number of a chunk, or of its first byte,
//! tells the time.

use tonearm_media_core::Codec;

use crate::riff::wave_format::WaveFormat;

/// The fields of a stream header (`strh`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StreamHeader {
    pub(super) kind: [u8; 4],
    /// A tick lasts `scale / rate` seconds.
    scale: u32,
    rate: u32,
    /// Ticks before the first chunk.
    start: u32,
    /// Ticks of the stream.
    length: u32,
    /// Bytes of a tick; 0 if each chunk is one.
    pub(super) sample_size: u32,
}

/// Nanoseconds per second.
const SECOND: i128 = 1_000_000_000;

impl StreamHeader {
    /// Parses a header; `None` if it is too short.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let le32 = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        Some(Self {
            kind: *bytes.first_chunk()?,
            scale: le32(20)?,
            rate: le32(24)?,
            start: le32(28)?,
            length: le32(32)?,
            sample_size: le32(44).unwrap_or(0),
        })
    }

    /// Nanoseconds of a number of ticks, and 0 if the header has no clock.
    fn nanoseconds(&self, ticks: u64) -> i64 {
        let nanoseconds = i128::from(ticks) * i128::from(self.scale) * SECOND;
        let nanoseconds = nanoseconds.checked_div(i128::from(self.rate)).unwrap_or(0);
        i64::try_from(nanoseconds).unwrap_or(i64::MAX)
    }

    /// The start of the stream in nanoseconds.
    pub(super) fn start(&self) -> i64 {
        self.nanoseconds(u64::from(self.start))
    }

    /// The stated length in seconds.
    pub(super) fn seconds(&self) -> Option<f64> {
        let scale = f64::from(self.scale) / f64::from(self.rate);
        let seconds = scale * f64::from(self.length);
        (seconds.is_finite() && seconds > 0.0).then_some(seconds)
    }
}

/// Tells the times of chunks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    header: StreamHeader,
    /// The beginning of the file in nanoseconds.
    origin: i64,
    /// Whether ticks are as long as the audio of a chunk, so that counting tells the time.
    /// Some writers state a byte rate that is only an average.
    is_exact: bool,
}

impl Clock {
    pub(super) fn new(
        header: &StreamHeader,
        format: &WaveFormat,
        codec: Codec,
        origin: i64,
    ) -> Self {
        let samples = u64::from(format.sample_rate) * u64::from(header.scale);
        let rate = u64::from(header.rate.max(1));
        let samples_per_tick = (samples.is_multiple_of(rate)).then_some(samples / rate);
        let is_exact = match (header.sample_size, samples_per_tick) {
            (_, None | Some(0)) => false,
            (0, Some(samples)) => is_frame(codec, samples, format.sample_rate),
            (size, samples) => {
                format.block() == samples.map(|samples| (size, samples))
                    || is_wma(codec) && size == u32::from(format.block_align)
            }
        };
        Self {
            header: *header,
            origin,
            is_exact,
        }
    }

    /// What one chunk of `length` bytes counts: itself, or its bytes.
    pub(super) fn count(&self, length: u64) -> u64 {
        match self.header.sample_size {
            0 => 1,
            _ => length,
        }
    }

    /// Whether each chunk is a tick.
    pub(super) fn counts_chunks(&self) -> bool {
        self.header.sample_size == 0
    }

    /// A count in ticks; `None` if it is no whole number of them.
    pub(super) fn ticks(&self, count: u64) -> Option<u64> {
        let size = u64::from(self.header.sample_size.max(1));
        count.is_multiple_of(size).then_some(count / size)
    }

    /// The count of a number of ticks.
    pub(super) fn count_of_ticks(&self, ticks: u64) -> u64 {
        ticks.saturating_mul(u64::from(self.header.sample_size.max(1)))
    }

    /// Nanoseconds from the beginning of the file to a chunk after `count` others or bytes.
    /// `None` if only the start of the stream is known.
    pub(super) fn time(&self, count: u64) -> Option<i64> {
        let ticks = count / u64::from(self.header.sample_size.max(1));
        let is_known = self.is_exact || count == 0 && self.header.start() != self.origin;
        let start = self.header.start().saturating_sub(self.origin);
        is_known.then(|| start.saturating_add(self.header.nanoseconds(ticks)))
    }

    /// About how much `length` bytes of the data count, of `total` bytes.
    pub(super) fn estimate(&self, length: u64, total: u64) -> u64 {
        let ticks = u128::from(self.header.length);
        let all = ticks * u128::from(self.header.sample_size.max(1));
        let part = all.saturating_mul(u128::from(length)) / u128::from(total.max(1));
        let part = u64::try_from(part).unwrap_or(u64::MAX);
        part - part % u64::from(self.header.sample_size.max(1))
    }
}

/// Whether a frame of the codec has this number of samples, so that a writer with such ticks
/// puts one frame into each chunk.
fn is_frame(codec: Codec, samples: u64, sample_rate: u32) -> bool {
    match codec {
        Codec::Mp3 => samples == if sample_rate >= 32_000 { 1152 } else { 576 },
        Codec::Mp2 => samples == 1152,
        Codec::Aac => samples == 1024,
        Codec::Ac3 | Codec::Eac3 => samples == 1536,
        Codec::Dts => samples == 512 || samples == 1024,
        // A tick is a part of a packet, and other ticks are empty.
        Codec::Vorbis => true,
        _ => false,
    }
}

fn is_wma(codec: Codec) -> bool {
    matches!(codec, Codec::Wma1 | Codec::Wma2)
}
