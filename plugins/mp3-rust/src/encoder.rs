//! `rusty_mp3` as an encoder of constant memory.
//!
//! `rusty_mp3`'s own `Mp3Encoder` buffers a whole stream of constant bitrate until its end,
//! because it distributes bits between frames (the bit reservoir). Here its parts are
//! combined so that memory does not grow: bits are distributed within a few seconds.

use std::convert::Infallible;

use rusty_mp3::encode::Mp3Encode;
use rusty_mp3::encode::lametag::{
    ENCODER_DELAY, TagInfo, TagStats, extra_priming, frames_for, padding_for, tag_frame, tag_header,
};
use rusty_mp3::header::{FrameHeader, MpegVersion};
use rusty_mp3::{encoder_header, vbr_quality_index};
use tonearm_encoder_sdk::{Ending, Mp3Encoder, RateControl, Settings};

/// Frames among which the reservoir distributes bits: 3 seconds, at most 130 KB.
const RESERVOIR_FRAMES: usize = 128;
/// How strongly a demanding frame draws on the bits of others. The crate uses the same.
const RESERVOIR_GAIN: f32 = 0.2;
/// Above this bitrate, the crate's reservoir damages frames. It also supports only MPEG-1.
const RESERVOIR_MAX_KBITS: u16 = 256;

/// Frames after which the encoder's state no longer depends on how the stream began: the
/// filterbank depends on one earlier frame, the choice of windows on two. The contract tests
/// verify it.
const LEAD_IN: u32 = 4;

/// How many bits a frame gets.
#[derive(Clone, Copy)]
enum Mode {
    /// As many as it needs, at this target of the average bitrate in kbit/s.
    Variable(f32),
    /// The same number for each frame.
    Fixed,
    /// The same number on average, by the bit reservoir.
    Reservoir,
}

/// One encoder.
pub struct Rusty {
    encoder: Mp3Encode,
    header: FrameHeader,
    mode: Mode,
    channels: usize,
    /// Samples per channel of a frame.
    frame: usize,
    /// By channel, samples of a frame that is not complete yet.
    pending: Vec<Vec<f32>>,
    /// Samples of silence before a stream that is shorter than a frame.
    priming: usize,
    /// Frames in the reservoir.
    buffered: usize,
    /// Whether the stream starts with a Xing frame. A stream of independent frames does not,
    /// because it is joined to others.
    has_tag: bool,
    tag_header: FrameHeader,
    tag: TagStats,
    /// The placeholder of the Xing frame; empty once it is returned.
    placeholder: Vec<u8>,
}

impl Mp3Encoder for Rusty {
    type Error = Infallible;

    const LEAD_IN: Option<u32> = Some(LEAD_IN);

    fn name() -> String {
        "rusty_mp3 1.0".to_owned()
    }

    fn open(settings: &Settings) -> Result<Self, Infallible> {
        Ok(Self::new(settings))
    }

    fn has_header(&self) -> bool {
        self.has_tag
    }

    fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, Infallible> {
        Ok(self.push(pcm))
    }

    fn finish(&mut self, samples: u64) -> Result<Ending, Infallible> {
        Ok(self.end(samples))
    }
}

impl Rusty {
    fn new(settings: &Settings) -> Self {
        let (kbits, is_variable) = match settings.rate_control {
            RateControl::Bitrate(kbits) => (kbits, false),
            RateControl::Quality(_) => (0, true),
        };
        // The settings are valid, so the fallback is never used.
        let header = encoder_header(
            settings.format.sample_rate,
            settings.format.channels.into(),
            kbits.into(),
        )
        .unwrap_or(FALLBACK);
        let has_reservoir = header.version == MpegVersion::V1 && kbits <= RESERVOIR_MAX_KBITS;
        let mode = match settings.rate_control {
            RateControl::Quality(quality) => Mode::Variable(vbr_quality_index(quality.into())),
            RateControl::Bitrate(_) if has_reservoir && !settings.independent_frames => {
                Mode::Reservoir
            }
            RateControl::Bitrate(_) => Mode::Fixed,
        };
        let tag_header = tag_header(&header);
        let tag = TagStats::new(tag_header.frame_size());
        let info = TagInfo {
            vbr: is_variable,
            delay: ENCODER_DELAY,
            padding: 0,
        };
        Self {
            encoder: Mp3Encode::new(),
            mode,
            channels: settings.format.channels.into(),
            frame: header.version.samples_per_frame(),
            pending: vec![Vec::new(); settings.format.channels.into()],
            priming: 0,
            buffered: 0,
            placeholder: if settings.independent_frames {
                Vec::new()
            } else {
                tag_frame(&tag_header, &tag, &info)
            },
            has_tag: !settings.independent_frames,
            tag_header,
            tag,
            header,
        }
    }

    fn push(&mut self, pcm: &[f32]) -> Vec<u8> {
        let mut out = Vec::new();
        for samples in pcm.chunks_exact(self.channels) {
            for (pending, sample) in self.pending.iter_mut().zip(samples) {
                pending.push(*sample);
            }
            if self
                .pending
                .iter()
                .all(|pending| pending.len() == self.frame)
            {
                self.encode_pending(&mut out);
            }
        }
        out
    }

    fn encode_pending(&mut self, out: &mut Vec<u8>) {
        let quality = match self.mode {
            Mode::Variable(kbits) => Some(kbits),
            Mode::Fixed => None,
            Mode::Reservoir => {
                self.encoder
                    .encode_frame_reservoir(&self.header, &self.pending, RESERVOIR_GAIN);
                self.buffered += 1;
                if self.buffered == RESERVOIR_FRAMES {
                    self.flush_reservoir(out);
                }
                self.pending.iter_mut().for_each(Vec::clear);
                return;
            }
        };
        // By its documentation, this never fails.
        if let Ok(frame) = self
            .encoder
            .encode_frame(&self.header, &self.pending, quality)
        {
            self.emit(&frame, out);
        }
        self.pending.iter_mut().for_each(Vec::clear);
    }

    /// Returns the frames in the reservoir.
    fn flush_reservoir(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.buffered) == 0 {
            return;
        }
        let frames = self.encoder.finish_reservoir();
        for frame in frames.chunks(self.header.frame_size()) {
            self.emit(frame, out);
        }
    }

    fn emit(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        out.append(&mut self.placeholder);
        out.extend(frame);
        self.tag.add_frame(frame);
    }

    fn end(&mut self, samples: u64) -> Ending {
        if samples < self.frame as u64 {
            // All samples are still pending.
            self.priming = extra_priming(samples, self.frame);
            for pending in &mut self.pending {
                pending.splice(0..0, std::iter::repeat_n(0.0, self.priming));
            }
        }
        let delay = ENCODER_DELAY + self.priming;
        let frames = frames_for(samples, delay, self.frame);
        let padding = padding_for(samples, delay, self.frame);
        let mut tail = Vec::new();
        let silence = frames * self.frame as u64 - samples - self.priming as u64;
        for _ in 0..silence {
            tail.extend(self.push(&[0.0, 0.0][..self.channels]));
        }
        self.flush_reservoir(&mut tail);
        let info = TagInfo {
            vbr: matches!(self.mode, Mode::Variable(_)),
            delay,
            padding: padding as usize,
        };
        Ending {
            tail,
            header: if self.has_tag {
                tag_frame(&self.tag_header, &self.tag, &info)
            } else {
                Vec::new()
            },
            delay: delay as u32,
            padding: padding as u32,
            samples,
        }
    }
}

/// CD format at 128 kbit/s.
const FALLBACK: FrameHeader = FrameHeader {
    version: MpegVersion::V1,
    crc_protected: false,
    bitrate_kbps: 128,
    sample_rate: 44_100,
    padding: false,
    channel_mode: rusty_mp3::frame::ChannelMode::Stereo,
    copyright: false,
    original: true,
    emphasis: 0,
};
