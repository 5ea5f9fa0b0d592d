//! A walk through a file without decoding it: how long it really is, and where
//! a decoder can go on in the middle of it.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use symphonia::core::codecs::audio::well_known::*;

use crate::codec;
use crate::container::Container;
use crate::decode;
use crate::demux::{Packet, Step, Track};
use crate::error::{MediaError, Result};
use crate::pipeline::Timeline;
use crate::source::{Source, rescale};

/// A place in a file where a decoder can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The demuxer's own word for it.
    pub(crate) place: u64,
    /// Samples per channel decoded before it.
    pub(crate) decoded: u64,
    /// Samples per channel still to be thrown away there: the rest of the
    /// encoder's delay.
    pub(crate) skip: u64,
    /// Samples per channel heard before it, at the source's rate.
    pub(crate) heard: u64,
}

/// What the walk found.
pub(crate) struct Survey {
    /// Places to go on from, ascending, from the first on.
    pub(crate) marks: Vec<Mark>,
    /// Samples per channel of the selection, at the output's rate.
    pub(crate) samples: u64,
}

/// Seconds of sound between two marks: what a decoder that starts at the one
/// before may have to throw away.
const APART: u64 = 2;
/// Seconds between two marks at most, or there are too few: whoever goes on from one
/// decodes what lies behind it.
const MOST_APART: u64 = 15 * APART;
/// Steps between two looks at the clock.
const STEPS: u64 = 256;

impl Source {
    /// Walks through the whole file. `None` where the container or the codec
    /// does not tell how many samples a packet holds, or where to go on often
    /// enough.
    ///
    /// # Errors
    /// `OverBudget`, `Read`, and `Stopped` where `progress` breaks.
    pub(crate) fn survey(
        &self,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<Survey>> {
        let mut demuxer = self.origin.demuxer()?;
        let mut timeline = Timeline::new(demuxer.track());
        let mut meter = self.meter.anew();
        let rate = self.info.sample_rate;
        let channels = usize::from(self.info.channels);
        let apart = APART * u64::from(rate);
        let mut packet = Packet::default();
        let (mut heard, mut steps) = (0, 0u64);
        let mut marks = Vec::<Mark>::new();
        loop {
            let (decoded, skip) = timeline.place(rate);
            let is_due = marks.last().is_none_or(|last| heard >= last.heard + apart);
            if let Some(place) = demuxer.mark().filter(|_| is_due) {
                marks.push(Mark {
                    place,
                    decoded,
                    skip,
                    heard,
                });
            }
            steps += 1;
            if steps % STEPS == 0 && progress().is_break() {
                return Err(MediaError::Stopped);
            }
            meter.step()?;
            match demuxer.pass(&mut packet) {
                Ok(Step::Packet) => {
                    let Some(length) = self.length(demuxer.track(), &packet) else {
                        return Ok(None);
                    };
                    meter.add(length, rate, channels)?;
                    let (from, to) = timeline.keep(&packet, length, rate);
                    heard += to - from;
                }
                Ok(Step::Busy) => {}
                Ok(Step::NewTrack) => return Ok(None),
                Ok(Step::End) | Err(MediaError::Damaged { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        let ends = marks.iter().map(|mark| mark.heard).chain([heard]);
        let mut gaps = ends.scan(0, |last, at| Some(at - std::mem::replace(last, at)));
        if marks.is_empty() || gaps.any(|gap| gap > MOST_APART * u64::from(rate)) {
            return Ok(None);
        }
        let whole = rescale(heard, rate, self.info.output_rate);
        let (start, end) = self.origin.range(self.info.output_rate);
        Ok(Some(Survey {
            marks,
            samples: whole.min(end).saturating_sub(start),
        }))
    }

    /// Samples per channel that a packet decodes to, without decoding it.
    fn length(&self, track: &Track, packet: &Packet) -> Option<u64> {
        let codec = track.params.codec;
        match codec {
            CODEC_ID_AAC | CODEC_ID_MP1 | CODEC_ID_MP2 | CODEC_ID_MP3 | CODEC_ID_AC3 => {
                Some(self.usual_length).filter(|&length| length > 0)
            }
            CODEC_ID_OPUS if !packet.data.is_empty() => decode::opus_length(&packet.data),
            _ if codec::pcm_bytes(codec) > 0 && !packet.data.is_empty() => {
                let bytes = codec::pcm_bytes(codec) * u64::from(self.info.channels);
                (packet.data.len() as u64).checked_div(bytes)
            }
            _ => {
                let is_told = self.info.container == Container::Mp4
                    && track.tick_rate == self.info.sample_rate;
                Some(packet.ticks).filter(|&ticks| is_told && ticks > 0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::{Budget, Selection, Target};

    fn open(path: &Path) -> Source {
        let target = Target {
            sample_rates: vec![48_000],
            max_channels: 2,
        };
        let file = File::open(path).unwrap();
        Source::open(file, &Budget::default(), &target, &Selection::default()).unwrap()
    }

    fn rest(mut source: Source) -> Vec<f32> {
        let (mut all, mut block) = (Vec::new(), Vec::new());
        while source.next_block(&mut block).unwrap() {
            all.extend_from_slice(&block);
        }
        all
    }

    /// From every mark on, the samples are those of the whole.
    #[test]
    fn pcm_of_blu_ray_discs_is_entered_in_the_middle() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.m2ts");
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i"])
            .arg("aevalsrc=0.3*random(0)|0.3*random(1):s=48000:d=9.1:c=stereo")
            .args(["-c:a", "pcm_bluray", "-sample_fmt", "s32"])
            .arg(&path)
            .status();
        assert!(status.unwrap().success());
        let whole = rest(open(&path));
        let mut go_on = || ControlFlow::Continue(());
        let found = open(&path).survey(&mut go_on).unwrap().unwrap();
        assert_eq!(found.samples * 2, whole.len() as u64);
        assert_eq!(found.marks.len(), 5);
        for mark in found.marks {
            let mut source = open(&path);
            source.resume(&mark, mark.heard).unwrap();
            let start = usize::try_from(mark.heard * 2).unwrap();
            assert!(rest(source) == whole[start..], "{}", mark.heard);
        }
    }
}
