//! Frames of a stream, one after the other.
//!
//! `rusty_mp3`'s own `Mp3Encoder` keeps a whole stream of constant bitrate until its end,
//! since it shares bits out between frames (the bit reservoir). Here its parts are put
//! together so that memory does not grow: bits are shared out within a few seconds.

use std::convert::Infallible;

use rusty_mp3::encode::Mp3Encode;
use rusty_mp3::encode::lametag::{
    ENCODER_DELAY, TagInfo, TagStats, extra_priming, frames_for, padding_for, tag_frame, tag_header,
};
use rusty_mp3::header::{FrameHeader, MpegVersion};
use rusty_mp3::{encoder_header, vbr_quality_index};
use tonearm_encoder_sdk::{Ending, Mp3Encoder, RateControl, Settings};

/// Frames among which bits are shared out: 3 seconds and at most 130 KB.
const SHARING: usize = 128;
/// How far a demanding frame draws on the bits of others: what the crate itself uses.
const SHARING_GAIN: f32 = 0.2;
/// Above this the crate's sharing is known to damage frames. It knows MPEG 1 only, too.
const SHARING_MAX_KBITS: u16 = 256;

/// Frames after which the encoder has forgotten how a stream began: the filter bank
/// looks back one frame, the choice of windows two. `tests/joining.rs` shows it.
const LEAD_IN: u32 = 4;

/// How a frame gets its bits.
#[derive(Clone, Copy)]
enum Mode {
    /// As many as it needs at this average bitrate.
    Variable(f32),
    /// Always the same number.
    Fixed,
    /// The same on average.
    Sharing,
}

/// One encoder.
pub struct Rusty {
    encoder: Mp3Encode,
    header: FrameHeader,
    mode: Mode,
    channels: usize,
    frame: usize,
    /// Less than a frame of each channel.
    waiting: Vec<Vec<f32>>,
    /// Samples of silence in front of a very short stream.
    priming: usize,
    /// Frames handed to the encoder and not out yet.
    kept: usize,
    /// Whether there is a tag, and what it will say. A stream that is to be joined has
    /// none.
    has_tag: bool,
    tag_header: FrameHeader,
    tag: TagStats,
    /// The placeholder of the tag; empty once it is out.
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
        // The rate was checked; the fallback is never reached and valid too.
        let header = encoder_header(
            settings.format.sample_rate,
            settings.format.channels.into(),
            kbits.into(),
        )
        .unwrap_or(FALLBACK);
        let can_share = header.version == MpegVersion::V1 && kbits <= SHARING_MAX_KBITS;
        let mode = match settings.rate_control {
            RateControl::Quality(quality) => Mode::Variable(vbr_quality_index(quality.into())),
            RateControl::Bitrate(_) if can_share && !settings.independent_frames => Mode::Sharing,
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
            waiting: vec![Vec::new(); settings.format.channels.into()],
            priming: 0,
            kept: 0,
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
            for (waiting, sample) in self.waiting.iter_mut().zip(samples) {
                waiting.push(*sample);
            }
            if self
                .waiting
                .iter()
                .all(|waiting| waiting.len() == self.frame)
            {
                self.encode_waiting(&mut out);
            }
        }
        out
    }

    fn encode_waiting(&mut self, out: &mut Vec<u8>) {
        let quality = match self.mode {
            Mode::Variable(kbits) => Some(kbits),
            Mode::Fixed => None,
            Mode::Sharing => {
                self.encoder
                    .encode_frame_reservoir(&self.header, &self.waiting, SHARING_GAIN);
                self.kept += 1;
                if self.kept == SHARING {
                    self.let_out(out);
                }
                self.waiting.iter_mut().for_each(Vec::clear);
                return;
            }
        };
        // The crate documents that this does not fail.
        if let Ok(frame) = self
            .encoder
            .encode_frame(&self.header, &self.waiting, quality)
        {
            self.emit(&frame, out);
        }
        self.waiting.iter_mut().for_each(Vec::clear);
    }

    /// The frames that shared their bits.
    fn let_out(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.kept) == 0 {
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
            // All of it still waits.
            self.priming = extra_priming(samples, self.frame);
            for waiting in &mut self.waiting {
                waiting.splice(0..0, std::iter::repeat_n(0.0, self.priming));
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
        self.let_out(&mut tail);
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

/// CD quality at the usual bitrate.
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
