//! ASF: WMA, WMV (Microsoft, "Advanced Systems Format (ASF) Specification").
//!
//! The file is a header and data packets of a fixed size. Their payloads are parts of media
//! objects, each of which is a packet of a stream. The demuxer reads the data packets in
//! sequence and needs no index. After damage it continues with the next data packet; the
//! presentation times reveal what was lost.

mod guid;
mod header;
mod objects;
mod packet;
mod packets;
mod stream;
mod tags;

use tonearm_framing::framer::Framer;
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};
use tonearm_media_core::{Demuxer, FileError, Input, Result, Track, TrackChoice, wma};

use self::header::Header;
use self::objects::Objects;
use self::packets::Packets;
use self::stream::Stream;
use crate::riff::framing;
use crate::riff::wave_format::WaveFormat;
use crate::track_selection::{Candidate, choose};

/// Most data packets per step.
const STEP: usize = 16;
/// Most data packets that are searched for the first object of each stream.
const MAX_PROBE: usize = 100;
/// Nanoseconds per millisecond.
const MILLISECOND: i64 = 1_000_000;

/// Whether a Header Object begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(&guid::HEADER)
}

/// Opens the file that begins at `start` and reads its headers.
pub(crate) fn open(mut input: Input, start: u64, choice: &TrackChoice) -> Result<Box<dyn Demuxer>> {
    let header = Header::read(&mut input, start)?;
    let audio: Vec<(&Stream, &WaveFormat)> = header
        .streams
        .iter()
        .filter_map(|stream| Some((stream, stream.format.as_ref()?)))
        .collect();
    let candidates: Vec<Candidate> = audio
        .iter()
        .map(|(stream, format)| candidate(&header, stream.number, format))
        .collect();
    let index = choose(choice, &candidates)?;
    let &(stream, format) = audio.get(index).ok_or(FileError::NoAudioTrack)?;
    if header.is_protected || stream.is_encrypted {
        return Err(FileError::UnsupportedCodec {
            name: "a copy-protected stream".to_owned(),
        });
    }
    let mut packets = Packets::new(input, &header)?;
    let origin = origin(&mut packets, &header)?;
    let (params, codec_name) = match format.codec() {
        Ok(codec) => (format.params(codec), None),
        Err(name) => (Default::default(), Some(name)),
    };
    let framing = framing::of_chunks(format);
    let track = Track {
        params,
        codec_name,
        tick_rate: format.sample_rate,
        seconds: header.seconds,
        tags: header.tags.clone(),
        ..Track::default()
    };
    let source = Source {
        packets,
        objects: Objects::new(stream.number, stream.spread),
        origin: i64::from(origin) - i64::from(delay(format)),
    };
    FramedDemuxer::open(source, framing, track)
}

fn candidate(header: &Header, number: u8, format: &WaveFormat) -> Candidate {
    let codec = format.codec();
    Candidate {
        codec: codec.clone().unwrap_or_default(),
        codec_name: codec.err(),
        language: header.language(number).map(str::to_owned),
        title: header.name(number).map(str::to_owned),
        channels: Some(format.channels),
        ..Candidate::default()
    }
}

/// The presentation time in milliseconds at which the file begins: that of its first picture
/// or its first audible sample.
fn origin(packets: &mut Packets, header: &Header) -> Result<u32> {
    let mut delays: Vec<(u8, u32)> = header
        .streams
        .iter()
        .map(|stream| (stream.number, stream.format.as_ref().map_or(0, delay)))
        .collect();
    let mut origin = None;
    for _ in 0..MAX_PROBE {
        if delays.is_empty() {
            break;
        }
        let more = packets.read_payloads(|payloads| {
            for payload in payloads {
                let Some(about) = payload.about.filter(|_| payload.offset == 0) else {
                    continue;
                };
                let own = |&(number, _): &(u8, u32)| number == payload.stream;
                if let Some(at) = delays.iter().position(own) {
                    let (_, delay) = delays.swap_remove(at);
                    let time = about.time.saturating_add(delay);
                    origin = Some(origin.map_or(time, |origin: u32| origin.min(time)));
                }
            }
        });
        match more {
            Ok(true) => {}
            Ok(false) | Err(FileError::Damaged { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    packets.seek(packets.start());
    Ok(origin.unwrap_or(0))
}

/// Milliseconds of the samples that are discarded at the start.
fn delay(format: &WaveFormat) -> u32 {
    let samples = wma::delay(format.codec().unwrap_or_default(), format.sample_rate);
    (1000 * samples)
        .checked_div(format.sample_rate)
        .unwrap_or(0)
}

/// The objects of the selected stream.
struct Source {
    packets: Packets,
    objects: Objects,
    /// Presentation time of the beginning of the file in milliseconds, less what is
    /// discarded: the first packet has the time of the first audible sample.
    origin: i64,
}

impl ElementarySource for Source {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        for _ in 0..STEP {
            if let Some(object) = self.objects.pop() {
                if let Some(time) = object.time {
                    framer.set_time((i64::from(time) - self.origin) * MILLISECOND);
                }
                framer.push(&object.data);
                return Ok(true);
            }
            match self.packets.read(&mut self.objects) {
                Ok(true) => {}
                // The incomplete object of a truncated file precedes the end.
                Ok(false) | Err(FileError::Damaged { .. }) if !self.objects.is_empty() => {}
                end_or_error => return end_or_error,
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.packets.start());
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        let is_between_objects = framer.left() == 0 && self.objects.is_empty();
        self.packets.position().filter(|_| is_between_objects)
    }

    fn seek(&mut self, position: u64) {
        self.objects.clear();
        self.packets.seek(position);
    }

    fn progress(&self) -> (u64, u64) {
        self.packets.progress()
    }
}
