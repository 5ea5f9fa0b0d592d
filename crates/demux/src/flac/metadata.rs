//! Metadata blocks (RFC 9639, section 8).

use tonearm_media_core::{Channels, Codec, CodecParams, Tags, Track, frame_header::flac::Format};

use crate::vorbis_comment::{self, Pictures};

/// Bytes of STREAMINFO.
const STREAM_INFO: usize = 34;
/// Bytes of the header of a block.
pub(crate) const BLOCK_HEADER: usize = 4;

/// STREAMINFO (RFC 9639, 8.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamInfo {
    bytes: [u8; STREAM_INFO],
}

impl StreamInfo {
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let info = Self {
            bytes: *bytes.first_chunk()?,
        };
        (info.format().rate > 0).then_some(info)
    }

    /// STREAMINFO of frames of this format, whose lengths are unknown.
    pub(crate) fn of_format(format: Format) -> Self {
        let mut bytes = [0; STREAM_INFO];
        // Shortest and longest block.
        bytes[..4].copy_from_slice(&[0, 16, 0xff, 0xff]);
        let packed = u64::from(format.rate) << 44
            | u64::from(format.channels - 1) << 41
            | u64::from(format.bits - 1) << 36;
        bytes[10..18].copy_from_slice(&packed.to_be_bytes());
        Self { bytes }
    }

    /// Rate, channels, bits and samples.
    fn packed(&self) -> u64 {
        let bytes = self.bytes[10..].first_chunk().copied();
        bytes.map_or(0, u64::from_be_bytes)
    }

    pub(crate) fn format(&self) -> Format {
        let packed = self.packed();
        Format {
            rate: (packed >> 44) as u32,
            channels: (packed >> 41 & 7) as u8 + 1,
            bits: (packed >> 36 & 31) as u8 + 1,
        }
    }

    /// Samples per channel; `None` if unknown.
    pub(crate) fn samples(&self) -> Option<u64> {
        Some(self.packed() & ((1 << 36) - 1)).filter(|&samples| samples > 0)
    }

    /// Samples per channel of each frame but the last, if it is the same for all.
    pub(crate) fn block(&self) -> Option<u64> {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| self.bytes[at]);
        ([a, b] == [c, d]).then(|| u64::from(u16::from_be_bytes([a, b])))
    }

    /// A track of this format.
    pub(crate) fn track(&self) -> Track {
        let format = self.format();
        Track {
            params: CodecParams {
                channels: Channels::usual(format.channels.into()),
                bits_per_sample: Some(format.bits.into()),
                config: self.bytes.to_vec(),
                ..CodecParams::new(Codec::Flac, format.rate)
            },
            tick_rate: format.rate,
            has_exact_ticks: true,
            seconds: self
                .samples()
                .map(|samples| samples as f64 / f64::from(format.rate.max(1))),
            ..Track::default()
        }
    }
}

/// What the metadata blocks of a stream contain.
#[derive(Default)]
pub(crate) struct Metadata {
    pub(crate) info: Option<StreamInfo>,
    channel_mask: Option<u32>,
    tags: Tags,
    pictures: Pictures,
}

/// Types of blocks.
pub(crate) mod block_type {
    pub(crate) const STREAM_INFO: u8 = 0;
    pub(crate) const COMMENT: u8 = 4;
    pub(crate) const PICTURE: u8 = 6;
    pub(crate) const INVALID: u8 = 127;
}

impl Metadata {
    /// Takes a block with its header. The first STREAMINFO and the first comments count.
    pub(crate) fn take_block(&mut self, block: &[u8]) {
        let Some((&[kind, _, _, _], body)) = block.split_first_chunk::<BLOCK_HEADER>() else {
            return;
        };
        match kind & 0x7f {
            block_type::STREAM_INFO if self.info.is_none() => self.info = StreamInfo::parse(body),
            block_type::COMMENT => {
                let tags = std::mem::take(&mut self.tags);
                self.tags = tags.or(vorbis_comment::parse(body));
                self.channel_mask = self.channel_mask.or(vorbis_comment::channel_mask(body));
            }
            block_type::PICTURE => self.pictures.add(body),
            _ => {}
        }
    }

    /// The track that STREAMINFO and the comments describe.
    pub(crate) fn track(&self) -> Option<Track> {
        let info = self.info.as_ref()?;
        let mut track = info.track();
        let count = u16::from(info.format().channels);
        if let Some(mask) = self.channel_mask {
            track.params.channels = Channels::from_wave_mask(mask, count);
        }
        track.tags = self.tags();
        Some(track)
    }

    /// The tags. A picture block takes precedence over a picture in the comments.
    pub(crate) fn tags(&self) -> Tags {
        let mut tags = self.tags.clone();
        if let Some(cover) = self.pictures.cover() {
            tags.cover = Some(cover);
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_survives_in_stream_info() {
        let format = Format {
            rate: 655_350,
            channels: 8,
            bits: 32,
        };
        let info = StreamInfo::of_format(format);
        assert_eq!(info.format(), format);
        assert_eq!((info.samples(), info.block()), (None, None));
    }
}
