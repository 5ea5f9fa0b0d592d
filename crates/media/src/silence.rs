//! Searches the other tracks of a file for sound where the converted one is silent.

use std::ops::ControlFlow;

use tonearm_decode as decode;
use tonearm_media_core::{FileError, LimitCounter, Packet, Pcm, ReadStep, TrackSelector};

use crate::error::{MediaError, Result};
use crate::findings::Findings;
use crate::opened_file::{OpenedFile, TrackReader};
use crate::pcm::meter::Meter;
use crate::selection::Selection;

/// Most other tracks to search.
const MAX_TRACKS: usize = 8;
/// Packets from the beginning of one sample of the track to that of the next: about a
/// minute.
const PERIOD: u64 = 3000;
/// Packets of a sample: about three seconds.
const SAMPLE: u64 = 150;
/// Most samples of a track: about an hour.
const MAX_SAMPLES: u64 = 60;
/// Demuxer steps between calls of `progress`.
const STEPS: u64 = 256;

/// If the converted audio is silent, records which other track has sound in the selected
/// part. Each track is sampled: three seconds of each minute of its first hour. A track that
/// was copied is decoded first, all of it unless a sample has sound.
///
/// # Errors
/// `Read`, and `Stopped` where `progress` breaks. A track that cannot be read has no sound.
pub fn find_sound(
    file: &OpenedFile,
    selection: &Selection,
    findings: &mut Findings,
    progress: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<()> {
    if findings.tracks.len() < 2 || findings.is_silent == Some(false) {
        return Ok(());
    }
    let mut has_sound = |number: u32, is_whole: bool| {
        let search = Search {
            selection,
            is_whole,
        };
        match search.has_sound(file, number, progress) {
            Err(MediaError::File(error)) if error.is_permanent() => Ok(false),
            other => other,
        }
    };
    let taken = findings.taken;
    if findings.is_silent.is_none() {
        let is_silent = !has_sound(taken, false)? && !has_sound(taken, true)?;
        findings.is_silent = Some(is_silent);
        if !is_silent {
            return Ok(());
        }
    }
    let numbers = findings.tracks.iter().map(|track| track.number);
    for number in numbers.filter(|&number| number != taken).take(MAX_TRACKS) {
        if has_sound(number, false)? {
            findings.sounding = Some(number);
            break;
        }
    }
    Ok(())
}

struct Search<'s> {
    selection: &'s Selection,
    /// Whether to decode all of the track.
    is_whole: bool,
}

impl Search<'_> {
    fn has_sound(
        &self,
        file: &OpenedFile,
        number: u32,
        progress: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<bool> {
        let mut reader = TrackReader::open(file, &TrackSelector::Number(number))?;
        let mut counter = LimitCounter::new(file.limits());
        let mut decoder = decode::open(reader.track(), file.plugin())?;
        let (mut packet, mut pcm) = (Packet::default(), Pcm::default());
        let mut meter = Meter::default();
        let mut clock = Clock::default();
        let mut steps = 0u64;
        // Packets of the selected part.
        let mut packets = 0;
        while self.is_whole || packets < MAX_SAMPLES * PERIOD {
            counter.add_step()?;
            steps += 1;
            if steps.is_multiple_of(STEPS) && progress().is_break() {
                return Err(MediaError::Stopped);
            }
            let is_sampled = self.is_whole || packets % PERIOD < SAMPLE;
            let step = match is_sampled {
                true => reader.next(&mut packet),
                false => reader.skip_packet(&mut packet),
            };
            match step {
                Ok(ReadStep::Packet) => {}
                Ok(ReadStep::Busy) => continue,
                Ok(ReadStep::NewTrack) => {
                    decoder = decode::open(reader.track(), file.plugin())?;
                    continue;
                }
                Ok(ReadStep::End) | Err(FileError::Damaged { .. }) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
            let at = clock.at(&packet, reader.track().tick_rate);
            if at < self.selection.start.as_secs_f64() {
                // Its length is that of the packets that follow.
                if clock.packet == 0.0 && decoder.decode(&packet, &mut pcm).is_ok() {
                    clock.decoded(&pcm);
                }
                continue;
            }
            let end = self.selection.end.map(|end| end.as_secs_f64());
            if end.is_some_and(|end| at >= end) {
                return Ok(false);
            }
            packets += 1;
            if !is_sampled {
                if packets % PERIOD == 0 {
                    decoder = decode::open(reader.track(), file.plugin())?;
                }
                continue;
            }
            if decoder.decode(&packet, &mut pcm).is_ok() {
                counter.add(pcm.frames() as u64, pcm.rate, pcm.positions.len())?;
                clock.decoded(&pcm);
                meter.output(&pcm.samples);
                if meter.has_sound() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// The times of packets, in seconds.
#[derive(Debug, Default)]
struct Clock {
    /// Where the next packet begins that has no time of its own.
    next: f64,
    /// Length of the last decoded packet.
    packet: f64,
    /// Whether `next` lacks the length of the packet before.
    is_behind: bool,
}

impl Clock {
    /// The time of a packet: its own, else that after the packets before it.
    fn at(&mut self, packet: &Packet, tick_rate: u32) -> f64 {
        let at = packet.time.map_or(self.next, |time| time as f64 / 1e9);
        let length = match (packet.ticks, tick_rate) {
            (0, _) | (_, 0) => self.packet,
            (ticks, rate) => ticks as f64 / f64::from(rate),
        };
        self.next = at + length;
        self.is_behind = length == 0.0;
        at
    }

    /// Records the length of a decoded packet.
    fn decoded(&mut self, pcm: &Pcm) {
        let length = pcm.frames() as f64 / f64::from(pcm.rate.max(1));
        if std::mem::take(&mut self.is_behind) {
            self.next += length;
        }
        self.packet = length;
    }
}
