//! DV without a container (IEC 61834, SMPTE 314M), and as the only stream of an AVI file:
//! frames of a fixed size, each with its part of the audio. The packets have uncompressed
//! samples.

mod audio;

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Packet, ReadStep, Result, Track,
    TrackChoice, fraction_of,
};

use self::audio::{BLOCK, SEQUENCE, Source, System};
use crate::packet_source::{numbered, split};
use crate::track_selection::{Candidate, choose, refuse};

/// Most frames that are searched for the first audio.
const MAX_PROBE: u64 = 50;
/// Bytes of the header of a chunk of AVI.
const CHUNK_HEADER: u64 = 8;
/// Bytes that one step after damage examines.
const SCAN: usize = 256 << 10;

/// Whether the first blocks of a frame begin here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    is_header(bytes) && bytes.get(BLOCK).is_some_and(|&id| id >> 5 == 1)
}

/// Whether a header block of the first sequence begins here.
fn is_header(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x07, 0x00, flags, ..] if flags & 0x7f == 0x3f)
}

/// Opens the file that begins at `start`.
pub(crate) fn open(input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    open_frames(input, start, 0, choice)
}

/// Opens the chunks of an AVI file, of which the first begins at `start`.
pub(crate) fn open_chunks(
    mut input: Input,
    start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let window = input.peek(start, SCAN)?;
    let first = (0..window.len()).find(|&at| detect(&window[at..]));
    let first = first.ok_or(FileError::NoAudioTrack)? as u64;
    open_frames(input, start + first, CHUNK_HEADER, choice)
}

/// Opens the frames from `start` on, with so many bytes between them.
fn open_frames(
    mut input: Input,
    start: u64,
    between: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let system = match input.peek(start, 4)?.as_slice() {
        [_, _, _, flags] if flags & 0x80 != 0 => System::Pal,
        _ => System::Ntsc,
    };
    let mut dv = Dv {
        system,
        half: 0,
        frame_bytes: (system.sequences() * SEQUENCE) as u64,
        between,
        start,
        at: start,
        number: 0,
        is_lost: false,
        frame: Vec::new(),
        source: None,
        track: Track::default(),
        input,
    };
    let sources = dv.probe()?;
    let Some(first) = sources.iter().flatten().next() else {
        return Err(FileError::NoAudioTrack);
    };
    dv.frame_bytes *= match first.signal {
        0 => 1,
        // Two channels of sequences, of which the first is read.
        2 => 2,
        _ => return Err(refuse(choice, "the sound of DVCPRO HD".to_owned())),
    };
    // With 12 bits each half of the sequences has a pair of channels.
    let halves: Vec<usize> = match first.is_12_bit {
        true => (0..2).filter(|&half| sources[half].is_some()).collect(),
        false => vec![0],
    };
    let candidate = || Candidate {
        codec: Codec::PcmS16Le,
        channels: Some(2),
        ..Candidate::default()
    };
    let candidates: Vec<Candidate> = halves.iter().map(|_| candidate()).collect();
    dv.half = halves[choose(choice, &candidates)?];
    dv.source = sources[dv.half].or(sources[1]);
    dv.describe();
    Ok(Box::new(dv))
}

struct Dv {
    input: Input,
    system: System,
    /// The half of the sequences with the selected channels.
    half: usize,
    frame_bytes: u64,
    /// Bytes between two frames: the header of a chunk, or none.
    between: u64,
    start: u64,
    at: u64,
    /// Frames before `at`.
    number: u64,
    is_lost: bool,
    frame: Vec<u8>,
    /// The source of the last frame.
    source: Option<Source>,
    track: Track,
}

impl Dv {
    /// The sources of both halves in the first frame that has audio.
    fn probe(&mut self) -> Result<[Option<Source>; 2]> {
        let mut sources = [None; 2];
        for number in 0..MAX_PROBE {
            self.at = self.start + number * (self.frame_bytes + self.between);
            if !self.read_frame()? {
                break;
            }
            sources = [0, 1].map(|half| Source::find(&self.frame, self.system, half));
            if sources.iter().any(Option::is_some) {
                break;
            }
        }
        self.at = self.start;
        Ok(sources)
    }

    /// Reads the sequences with the audio of the frame; false if the file ends before.
    fn read_frame(&mut self) -> Result<bool> {
        self.input.count_item()?;
        let bytes = (self.system.sequences() * SEQUENCE) as u64;
        if self.input.len().saturating_sub(self.at) < bytes {
            return Ok(false);
        }
        self.input.set_pos(self.at);
        self.input.fill_vec(&mut self.frame, bytes)?;
        Ok(true)
    }

    /// The source of the frame that was read.
    fn source(&self) -> Option<Source> {
        let find = |half| Source::find(&self.frame, self.system, half);
        find(self.half).or_else(|| match self.source {
            Some(last) if !last.is_12_bit => find(1),
            _ => None,
        })
    }

    fn describe(&mut self) {
        let rate = self.source.map_or(0, Source::sample_rate);
        let length = self.input.len().saturating_sub(self.start);
        let frames = length / (self.frame_bytes + self.between);
        self.track = Track {
            params: CodecParams {
                channels: Some(Channels::STEREO),
                ..CodecParams::new(Codec::PcmS16Le, rate)
            },
            tick_rate: rate,
            seconds: Some(self.system.nanoseconds(frames) as f64 / 1e9),
            ..Track::default()
        };
    }

    /// Searches for the header of the next frame.
    fn search(&mut self) -> Result<ReadStep> {
        self.input.count_item()?;
        let window = self.input.peek(self.at, SCAN)?;
        let found = (1..window.len()).find(|&at| detect(&window[at..]));
        match found {
            Some(at) => {
                (self.at, self.is_lost) = (self.at + at as u64, false);
                if self.between == 0 {
                    // Damage does not move the frames after it in time.
                    self.number = (self.at - self.start) / self.frame_bytes;
                }
            }
            None if window.len() < SCAN => return Ok(ReadStep::End),
            None => self.at += (SCAN - 2 * BLOCK) as u64,
        }
        Ok(ReadStep::Busy)
    }
}

impl Demuxer for Dv {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        if self.is_lost {
            return self.search();
        }
        if self.between > 0 && !is_header(&self.input.peek(self.at, 4)?) {
            // Another chunk, such as the index.
            self.is_lost = true;
            return Ok(ReadStep::Busy);
        }
        if !self.read_frame()? {
            return match self.at < self.input.len() {
                true => Err(FileError::Damaged {
                    detail: "a DV file that was cut off",
                }),
                false => Ok(ReadStep::End),
            };
        }
        if !is_header(&self.frame) {
            self.is_lost = true;
            return Ok(ReadStep::Busy);
        }
        let source = self.source();
        let format = |source: Source| (source.sample_rate(), source.is_12_bit);
        if source.is_some() && source.map(format) != self.source.map(format) {
            self.source = source;
            self.describe();
            return Ok(ReadStep::NewTrack);
        }
        let frame = self.number;
        self.at += self.frame_bytes + self.between;
        self.number += 1;
        let Some(source) = source else {
            // The time of the next packet reveals the gap.
            return Ok(ReadStep::Busy);
        };
        let mut data = std::mem::take(&mut packet.data);
        data.clear();
        source.read(&self.frame, self.system, self.half, &mut data);
        *packet = Packet {
            ticks: data.len() as u64 / 4,
            data,
            time: i64::try_from(self.system.nanoseconds(frame)).ok(),
            ..Packet::default()
        };
        Ok(ReadStep::Packet)
    }

    fn fraction(&self) -> f32 {
        fraction_of(self.at, self.input.len())
    }

    fn position(&mut self) -> Option<u64> {
        numbered(self.at, self.number).filter(|_| !self.is_lost)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        (self.at, self.number) = split(position);
        self.is_lost = false;
        Ok(())
    }
}
