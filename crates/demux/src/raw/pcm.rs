//! PCM data, as in WAV, AIFF, AU and CAF.

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, Input, Result, Tags, Track, TrackChoice,
};

use crate::raw::frames::Bytes;
use crate::track_selection;
use tonearm_framing::framer::Framing;
use tonearm_framing::stream::FramedDemuxer;

/// The PCM data of a file and its format.
pub(crate) struct Pcm {
    pub(crate) codec: Codec,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    /// Start and end, as stated in the file.
    pub(crate) data: (u64, u64),
    pub(crate) tags: Tags,
}

impl Pcm {
    /// Opens the data.
    pub(crate) fn open(self, input: Input, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
        track_selection::only(choice, self.codec, None)?;
        let params = CodecParams {
            channels: Channels::usual(self.channels),
            ..CodecParams::new(self.codec, self.sample_rate)
        };
        let (start, end) = self.data;
        let frame = self.codec.pcm_bytes() * u64::from(self.channels.max(1));
        let length = end.min(input.len()).saturating_sub(start);
        let track = Track {
            params,
            tick_rate: self.sample_rate,
            seconds: seconds(length, frame, self.sample_rate),
            tags: self.tags,
            ..Track::default()
        };
        let frames = Framing::Blocks {
            bytes: usize::try_from(frame).unwrap_or(1),
            samples: 1,
        };
        FramedDemuxer::open(Bytes::new(input, start, end), frames, track)
    }
}

/// Duration of `bytes` in seconds; `None` if the frame size or the sample rate is 0.
pub(crate) fn seconds(bytes: u64, frame: u64, sample_rate: u32) -> Option<f64> {
    let frames = bytes.checked_div(frame)?;
    (sample_rate > 0).then(|| frames as f64 / f64::from(sample_rate))
}
