//! MP3 decoding by minimp3, which shares no code with the app's encoder.

use minimp3::{Decoder, Error};

use crate::tag::xing::Xing;

/// Delay of a Layer III decoder, in samples per channel, by convention.
const DECODER_DELAY: usize = 529;

/// Samples per channel in a frame of MPEG 1, the largest of all versions.
pub const FRAME: usize = 1152;

/// Decoded audio.
#[derive(Debug)]
pub struct Decoded {
    /// Samples per second.
    pub rate: u32,
    /// The samples of each channel.
    pub channels: Vec<Vec<f32>>,
    /// Number of audio frames, without the frame of the Xing header.
    pub frames: usize,
    /// The Xing header, if there is one.
    pub xing: Option<Xing>,
}

impl Decoded {
    /// Decodes a whole file, including the delay and padding that the LAME tag declares.
    pub fn of(file: &[u8]) -> Self {
        let xing = Xing::of(file);
        let mut decoder = Decoder::new(file);
        let mut decoded = Self {
            rate: 0,
            channels: Vec::new(),
            frames: 0,
            xing,
        };
        let mut silent = usize::from(decoded.xing.is_some());
        loop {
            let frame = match decoder.next_frame() {
                Ok(frame) => frame,
                Err(Error::Eof) => return decoded,
                Err(error) => panic!("frame {}: {error}", decoded.frames),
            };
            assert_eq!(frame.layer, 3, "not an MP3");
            if silent > 0 {
                // The Xing header is in a frame of its own, which decodes to silence.
                silent -= 1;
                continue;
            }
            decoded.take(&frame);
        }
    }

    fn take(&mut self, frame: &minimp3::Frame) {
        let rate = u32::try_from(frame.sample_rate).expect("a rate");
        if self.frames == 0 {
            self.rate = rate;
            self.channels = vec![Vec::new(); frame.channels];
        }
        assert_eq!(
            (self.rate, self.channels.len()),
            (rate, frame.channels),
            "the format changes"
        );
        self.frames += 1;
        for samples in frame.data.chunks_exact(frame.channels) {
            for (channel, sample) in self.channels.iter_mut().zip(samples) {
                channel.push(f32::from(*sample) / 32768.0);
            }
        }
    }

    /// Samples per channel, including the delay of encoder and decoder and the padding.
    pub fn raw_len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// The encoder delay that the LAME tag declares.
    pub fn declared_delay(&self) -> usize {
        self.xing
            .as_ref()
            .and_then(|xing| xing.lame.as_ref())
            .map_or(0, |lame| lame.delay)
    }

    /// The channels as a gapless player plays them: without the delay and padding that the
    /// LAME tag declares.
    pub fn trimmed(&self) -> Vec<&[f32]> {
        let lame = self.xing.as_ref().and_then(|xing| xing.lame.as_ref());
        let lame = lame.expect("an MP3 has a LAME tag");
        let start = lame.delay + DECODER_DELAY;
        let end = self.raw_len() - lame.padding.saturating_sub(DECODER_DELAY);
        self.channels
            .iter()
            .map(|channel| &channel[start.min(end)..end])
            .collect()
    }
}
