//! Matroska and WebM.
//!
//! The demuxer skips the blocks of other tracks without reading them, and reads attachments
//! only for a cover. It supports clusters of unknown length, which browsers record. After
//! damage it continues with the next plausible block or cluster, and the times of the blocks
//! tell how much is missing.

mod block;
mod chapters;
mod cluster;
mod codecs;
mod ebml;
mod encoding;
mod origin;
mod reader;
mod sync;
mod tags;
#[cfg(test)]
mod tests;
mod tracks;

use tonearm_media_core::{Codec, Demuxer, FileError, Input, Result, Track, TrackChoice};

use self::ebml::{children, element, float, unsigned};
use self::reader::{Clock, Mkv, State};
use self::sync::Judge;
use self::tags::Metadata;
use self::tracks::{Entry, Tracks};
use crate::mp3_delay;
use crate::track_selection::{Candidate, choose};
use tonearm_media_core::tags::put;

/// Element IDs.
mod id {
    pub(super) const HEADER: u32 = 0x1a45_dfa3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_a966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const TITLE: u32 = 0x7ba9;
    pub(super) const TRACKS: u32 = 0x1654_ae6b;
    pub(super) const CLUSTER: u32 = 0x1f43_b675;
    pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(super) const BLOCK_GROUP: u32 = 0xa0;
    pub(super) const BLOCK: u32 = 0xa1;
    pub(super) const DISCARD_PADDING: u32 = 0x75a2;
    pub(super) const SEEK_HEAD: u32 = 0x114d_9b74;
    pub(super) const TAGS: u32 = 0x1254_c367;
    pub(super) const ATTACHMENTS: u32 = 0x1941_a469;
    pub(super) const CHAPTERS: u32 = 0x1043_a770;
    pub(super) const CUES: u32 = 0x1c53_bb6b;
    pub(super) const VOID: u32 = 0xec;
    pub(super) const CRC_32: u32 = 0xbf;
    pub(super) const TIMESTAMP: u32 = 0xe7;
    pub(super) const POSITION: u32 = 0xa7;
    pub(super) const PREVIOUS_SIZE: u32 = 0xab;
    pub(super) const SILENT_TRACKS: u32 = 0x5854;
    /// What a block group may begin with besides the block: checksum, void, duration,
    /// references, priority, additions.
    pub(super) const IN_GROUP: &[u32] = &[CRC_32, VOID, 0x9b, 0xfb, 0xfa, 0x75a1, 0xa4];
}

/// Maximum number of elements before the first cluster.
const MAX_HEADERS: usize = 100_000;
/// Maximum number of bytes to search for the next header after a damaged one.
const MAX_SEARCH: u64 = 4 << 20;

/// Whether an EBML header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])
}

/// Opens a file and reads its headers.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let mut at = 0;
    let mut tracks = None;
    let mut metadata = Metadata::default();
    let mut info = Info::default();
    for _ in 0..MAX_HEADERS {
        let found = match element(&mut input, at) {
            Ok(Some(found)) => found,
            Ok(None) => break,
            Err(FileError::Damaged { .. }) => {
                at = sync::next_top(&mut input, at + 1, MAX_SEARCH)?;
                continue;
            }
            Err(error) => return Err(error),
        };
        at = match found.id {
            id::SEGMENT => {
                metadata.segment = found.body;
                found.body
            }
            id::CLUSTER if tracks.is_some() => break,
            id::CLUSTER => found.end.unwrap_or(found.body),
            id => {
                match id {
                    id::INFO => {
                        info = Info::parse(&found.bytes(&mut input)?);
                        metadata.tags.title = info.title.take();
                    }
                    id::TRACKS => tracks = Some(tracks::read(&found.bytes(&mut input)?)),
                    id::HEADER => {}
                    _ => metadata.read(&mut input, found)?,
                }
                found.end.unwrap_or(found.body)
            }
        };
    }
    let tags = metadata.finish(&mut input)?;
    let Tracks {
        entries,
        timed,
        all,
    } = tracks.ok_or(FileError::Damaged {
        detail: "a Matroska file without a list of tracks",
    })?;
    let candidates: Vec<Candidate> = entries.iter().map(Entry::candidate).collect();
    let index = choose(choice, &candidates)?;
    let mut entry = entries
        .into_iter()
        .nth(index)
        .ok_or(FileError::NoAudioTrack)?;
    codecs::set_length(&mut entry.params, info.seconds());
    let tick_rate = match entry.params.codec {
        // Opus always decodes at this rate, whatever the file states.
        Codec::Opus => 48_000,
        _ => entry.params.sample_rate.unwrap_or(0),
    };
    let rate = u64::from(tick_rate);
    let samples = |nanoseconds: u64| {
        let ticks = u128::from(nanoseconds) * u128::from(rate) + 500_000_000;
        u64::try_from(ticks / 1_000_000_000).unwrap_or(u64::MAX)
    };
    let (delay, packet_ticks) = (samples(entry.delay), samples(entry.packet_length));
    let track = Track {
        tick_rate,
        params: entry.params,
        codec_name: entry.codec_name,
        seconds: info.seconds(),
        skip: delay,
        tags,
        ..Track::default()
    };
    let judge = Judge::new(all);
    let mut clock = Clock {
        scale: info.scale,
        delay: entry.delay,
        origin: 0,
        length: info.seconds().map(|seconds| (seconds * 1e9) as u64),
    };
    clock.origin = origin::find(&mut input, at, &judge, &timed, &clock)?;
    let mut mkv = Mkv {
        input,
        track,
        number: entry.number,
        encoding: entry.encoding,
        packet_ticks,
        clock,
        judge,
        at,
        state: State::default(),
    };
    if mkv.track.params.codec == Codec::Mp3 && delay == 0 {
        let first = mkv.first_packet()?;
        mkv.track.skip = mp3_delay::of_first_frame(&first);
    }
    Ok(Box::new(mkv))
}

/// The element `Info`.
struct Info {
    title: Option<String>,
    /// Nanoseconds per tick.
    scale: u64,
    /// Length in ticks; 0 if it is not stated.
    length: f64,
}

impl Default for Info {
    fn default() -> Self {
        Self {
            title: None,
            // The default of the specification.
            scale: 1_000_000,
            length: 0.0,
        }
    }
}

impl Info {
    fn parse(bytes: &[u8]) -> Self {
        let mut info = Self::default();
        for (id, body) in children(bytes) {
            match id {
                id::TIMESTAMP_SCALE => info.scale = unsigned(body).max(1),
                id::DURATION => info.length = float(body),
                id::TITLE if body.len() < 1024 => {
                    let text = String::from_utf8_lossy(body);
                    put(&mut info.title, &text);
                }
                _ => {}
            }
        }
        info
    }

    /// The stated length in seconds.
    fn seconds(&self) -> Option<f64> {
        let seconds = self.length * self.scale as f64 / 1e9;
        (seconds > 0.0).then_some(seconds)
    }
}
