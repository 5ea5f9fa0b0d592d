//! Coded audio in blocks of a fixed size, as in AIFF-C and AU.

use tonearm_media_core::{CodecParams, Demuxer, Input, Result, Tags, Track, TrackChoice};

use crate::raw::frames::Bytes;
use crate::raw::pcm;
use crate::track_selection;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// The blocks of a file and their format.
pub(crate) struct Blocks {
    pub(crate) params: CodecParams,
    /// Bytes of a block.
    pub(crate) bytes: u16,
    /// Samples per channel of a block.
    pub(crate) samples: u64,
    /// Start and end, as stated in the file.
    pub(crate) data: (u64, u64),
    pub(crate) tags: Tags,
}

impl Blocks {
    /// Opens the data.
    pub(crate) fn open(self, input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        track_selection::only(choice, self.params.codec, None)?;
        let (start, end) = self.data;
        let rate = self.params.sample_rate.unwrap_or_default();
        let length = end.min(input.len()).saturating_sub(start);
        let track = Track {
            tick_rate: rate,
            has_exact_ticks: true,
            seconds: pcm::seconds(length, self.bytes.into(), rate)
                .map(|seconds| seconds * self.samples as f64),
            params: CodecParams {
                block_bytes: Some(self.bytes.into()),
                ..self.params
            },
            tags: self.tags,
            ..Track::default()
        };
        let framing = Framing::Blocks {
            bytes: self.bytes.into(),
            samples: self.samples,
        };
        FramedDemuxer::open(Bytes::new(input, start, end), framing, track)
    }
}
