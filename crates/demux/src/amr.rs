//! AMR, narrowband and wideband (RFC 4867, section 5): a signature and frames of 20 ms.

use tonearm_media_core::amr::{self, Band};
use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track,
    TrackChoice, fraction_of,
};

use crate::track_selection;

const NARROW: &[u8] = b"#!AMR\n";
const WIDE: &[u8] = b"#!AMR-WB\n";
/// The beginning of the signatures of files with several channels, which no decoder
/// supports.
const SEVERAL_CHANNELS: [&[u8]; 2] = [b"#!AMR_MC1.0\n", b"#!AMR-WB_MC1.0\n"];
/// Bytes whose frames are counted to estimate the length.
const PROBE: usize = 16 << 10;
/// Bytes of the shortest frame of speech.
const MIN_SPEECH: f64 = 13.0;
/// Most bytes that one step searches after damage.
const SCAN: u64 = 4096;

/// Whether the file has one of the signatures.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    let mut signatures = [NARROW, WIDE].into_iter().chain(SEVERAL_CHANNELS);
    signatures.any(|signature| bytes.starts_with(signature))
}

/// Opens the file that begins at `start`.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let head = input.peek(start, WIDE.len())?;
    let (band, codec, signature) = match head.as_slice() {
        head if head.starts_with(NARROW) => (Band::Narrow, Codec::AmrNb, NARROW),
        head if head.starts_with(WIDE) => (Band::Wide, Codec::AmrWb, WIDE),
        _ => {
            let name = "AMR with several channels".to_owned();
            return Err(track_selection::refuse(choice, name));
        }
    };
    track_selection::only(choice, codec, None)?;
    let mut amr = Amr {
        band,
        track: Track {
            params: CodecParams {
                channels: Some(Channels::MONO),
                ..CodecParams::new(codec, band.sample_rate())
            },
            tick_rate: band.sample_rate(),
            has_exact_ticks: true,
            ..Track::default()
        },
        at: start + signature.len() as u64,
        input,
    };
    amr.track.seconds = amr.estimate()?;
    Ok(Box::new(amr))
}

struct Amr {
    input: Input,
    band: Band,
    track: Track,
    at: u64,
}

impl Amr {
    /// Seconds of sound if all frames are as long as the first ones on average. Silence has
    /// frames of a byte; a file that begins with it counts as the slowest speech.
    fn estimate(&mut self) -> Result<Option<f64>> {
        let window = self.input.peek(self.at, PROBE)?;
        let (mut at, mut count) = (0, 0);
        while let Some(bytes) = window
            .get(at)
            .and_then(|&first| self.band.frame_bytes(first))
        {
            at += bytes;
            count += 1;
        }
        let mean = (at as f64 / f64::from(count.max(1))).max(MIN_SPEECH);
        let left = self.input.len().saturating_sub(self.at);
        Ok((count > 0).then(|| left as f64 / mean / amr::FRAMES_PER_SECOND))
    }

    /// Searches for two frames in succession.
    fn resync(&mut self) -> Result<()> {
        let size = usize::try_from(SCAN).unwrap_or(0);
        let window = self.input.peek(self.at, size + 2 * amr::MAX_FRAME_BYTES)?;
        let frame = |at: usize| self.band.frame_bytes(*window.get(at)?);
        let follows = |at: usize| match frame(at) {
            Some(bytes) => at + bytes >= window.len() || frame(at + bytes).is_some(),
            None => false,
        };
        let found = (1..window.len().min(size)).find(|&at| follows(at));
        self.at += found.map_or(SCAN, |at| at as u64);
        Ok(())
    }
}

impl Demuxer for Amr {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        let left = self.input.len().saturating_sub(self.at);
        if left == 0 {
            return Ok(ReadStep::End);
        }
        self.input.set_pos(self.at);
        let [first] = self.input.array()?;
        let Some(bytes) = self.band.frame_bytes(first) else {
            self.resync()?;
            return Ok(ReadStep::Busy);
        };
        let bytes = bytes as u64;
        if bytes > left {
            return Err(FileError::Damaged {
                detail: "an AMR file that was cut off",
            });
        }
        packet.fill(&mut self.input, self.at, bytes, self.band.frame_samples())?;
        self.at += bytes;
        Ok(ReadStep::Packet)
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.at, self.input.len())
    }

    fn position(&mut self) -> Option<u64> {
        Some(self.at)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.at = position;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tonearm_media_core::TrackSelector;

    fn open_bytes(bytes: &[u8]) -> Result<Box<dyn Demuxer>> {
        let input = Input::new(Cursor::new(bytes.to_vec()))?;
        open(input, 0, &TrackSelector::Default.into())
    }

    /// The sizes of all packets, and whether the file ends without an error.
    fn sizes(bytes: &[u8]) -> (Vec<usize>, bool) {
        let mut demuxer = open_bytes(bytes).unwrap();
        let (mut packet, mut sizes) = (Packet::default(), Vec::new());
        loop {
            match demuxer.next(&mut packet) {
                Ok(ReadStep::Packet) => sizes.push(packet.data.len()),
                Ok(ReadStep::Busy | ReadStep::NewTrack) => {}
                Ok(ReadStep::End) => return (sizes, true),
                Err(_) => return (sizes, false),
            }
        }
    }

    /// A frame of 12.2 kbit/s of narrowband.
    const SPEECH: [u8; 32] = [0x3c; 32];

    #[test]
    fn frames_have_the_size_of_their_mode() {
        // Speech, comfort noise, no data.
        let file = [NARROW, &SPEECH, &[0x44; 6], &[0x7c], &SPEECH].concat();
        assert_eq!(sizes(&file), (vec![32, 6, 1, 32], true));
        let file = [WIDE, &[0x04; 18], &[0x7c], &[0x74]].concat();
        assert_eq!(sizes(&file), (vec![18, 1, 1], true));
    }

    #[test]
    fn damage_costs_only_the_damaged_frames() {
        let file = [NARROW, &SPEECH, &[0xff; 5000], &SPEECH, &SPEECH].concat();
        assert_eq!(sizes(&file), (vec![32, 32, 32], true));
        let file = [NARROW, &SPEECH, &SPEECH[..20]].concat();
        assert_eq!(sizes(&file), (vec![32], false));
    }

    #[test]
    fn the_length_is_estimated_from_the_first_frames() {
        let seconds = |frames: &[u8]| {
            let file = [NARROW, frames].concat();
            open_bytes(&file).unwrap().track().seconds.unwrap()
        };
        assert!((seconds(&SPEECH.repeat(50)) - 1.0).abs() < 1e-9);
        // A pause before speech does not count as hours.
        let paused = [vec![0x7c; 2000], SPEECH.repeat(1000)].concat();
        assert!(seconds(&paused) < 60.0);
    }

    #[test]
    fn several_channels_are_refused_by_name() {
        let error = open_bytes(b"#!AMR_MC1.0\n\0\0\0\x02").err().unwrap();
        assert_eq!(
            error.to_string(),
            "The sound of the file is coded as AMR with several channels, which we cannot decode."
        );
    }
}
