//! FLV (Adobe, "Video File Format Specification", version 10.1, annex E), with the enhanced
//! audio header of Veovera's "Enhanced RTMP".

use tonearm_media_core::{
    Channels, Codec, CodecParams, Demuxer, FileError, Input, Result, Track, TrackChoice,
};

use crate::track_selection;
use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};

const AUDIO: u8 = 8;
const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;
/// Maximum number of tags to read until the first audio data.
const MAX_PROBE: usize = 100_000;
/// Maximum number of tags per call.
const STEP: usize = 64;
/// Maximum number of bytes that one call searches after damage.
const SCAN: usize = 64 << 10;

/// The header of an FLV tag.
struct Tag {
    kind: u8,
    is_encrypted: bool,
    body: u64,
    end: u64,
}

/// The audio header at the start of an audio tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    codec: Result<Codec, &'static str>,
    rate: u32,
    channels: u16,
    /// Length in bytes; the data follows.
    length: u64,
    /// The tag has the decoder configuration.
    is_config: bool,
    /// The tag has neither configuration nor audio, such as the end of a sequence.
    is_empty: bool,
}

/// Whether an FLV header begins here.
pub(crate) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"FLV\x01")
}

/// Opens a file and reads tags up to the first audio data.
pub(crate) fn open(
    mut input: Input,
    _start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    let [.., o0, o1, o2, o3] = input.array::<9>()?;
    let start = u64::from(u32::from_be_bytes([o0, o1, o2, o3])).clamp(9, 64) + 4;
    let (header, config) = probe(&mut input, start)?.ok_or(FileError::NoAudioTrack)?;
    let codec_name = header.codec.err().map(str::to_owned);
    track_selection::only(choice, header.codec.unwrap_or_default(), codec_name)?;
    let mut params = CodecParams {
        sample_rate: Some(header.rate),
        channels: Channels::usual(header.channels),
        ..CodecParams::default()
    };
    let mut framing = Framing::Whole { samples: 0 };
    if let Ok(codec) = header.codec {
        params.codec = codec;
        framing = match (codec, codec.pcm_bytes()) {
            (Codec::Aac, _) => Framing::Whole { samples: 1024 },
            (Codec::Mp3, _) => Framing::Mpeg,
            (Codec::Ac3 | Codec::Eac3, _) => Framing::Ac3,
            (_, 0) => Framing::Whole { samples: 0 },
            (_, bytes) => Framing::Blocks {
                bytes: usize::try_from(bytes).unwrap_or(1) * usize::from(header.channels),
                samples: 1,
            },
        };
        if !config.is_empty() {
            let skip = if codec == Codec::Flac { 8 } else { 0 };
            params.config = config.get(skip..).unwrap_or_default().into();
        }
    }
    let track = Track {
        params,
        codec_name: header.codec.err().map(str::to_owned),
        tick_rate: match header.codec {
            Ok(Codec::Opus) => 48_000,
            _ => header.rate,
        },
        ..Track::default()
    };
    let source = AudioTags {
        codec: header.codec.ok(),
        end: input.len(),
        input,
        start,
        at: start,
        lost_sync: false,
    };
    FramedDemuxer::open(source, framing, track)
}

/// The header of the first audio data, and the decoder configuration before it.
fn probe(input: &mut Input, start: u64) -> Result<Option<(Header, Vec<u8>)>> {
    let mut at = start;
    let mut config = Vec::new();
    let mut best = None;
    for _ in 0..MAX_PROBE {
        let Some(tag) = tag(input, at)? else { break };
        at = tag.end + 4;
        if tag.kind != AUDIO || tag.end <= tag.body {
            continue;
        }
        if tag.is_encrypted {
            return Err(FileError::UnsupportedCodec {
                name: "a copy-protected stream".to_owned(),
            });
        }
        let Some(header) = header(&input.peek(tag.body, 8)?) else {
            continue;
        };
        if header.is_config {
            let length = tag.end.saturating_sub(tag.body + header.length);
            config = input.peek(
                tag.body + header.length,
                usize::try_from(length.min(1024)).unwrap_or(0),
            )?;
        }
        let has_audio = !header.is_config && !header.is_empty;
        best = Some((header, config.clone()));
        if has_audio {
            break;
        }
    }
    Ok(best)
}

/// The tag at `at`; `None` at the end of the file or if there is no valid tag.
fn tag(input: &mut Input, at: u64) -> Result<Option<Tag>> {
    if input.len().saturating_sub(at) < 11 {
        return Ok(None);
    }
    input.count_item()?;
    input.set_pos(at);
    let [kind, s0, s1, s2, _, _, _, _, i0, i1, i2] = input.array()?;
    let is_known = matches!(kind & 0x1f, AUDIO | VIDEO | SCRIPT) && kind & 0xc0 == 0;
    let body = at + 11;
    Ok((is_known && [i0, i1, i2] == [0; 3]).then(|| Tag {
        kind: kind & 0x1f,
        is_encrypted: kind & 0x20 != 0,
        body,
        end: body + u64::from(u32::from_be_bytes([0, s0, s1, s2])),
    }))
}

fn header(bytes: &[u8]) -> Option<Header> {
    let &first = bytes.first()?;
    if first >> 4 == 9 {
        return enhanced(first, bytes.get(1..)?);
    }
    let is_wide = first & 2 != 0;
    let rate = [5512, 11_025, 22_050, 44_100][usize::from(first >> 2 & 3)];
    let mut header = Header {
        codec: Err("a codec that FLV reserves"),
        rate,
        channels: u16::from(first & 1) + 1,
        length: 1,
        is_config: false,
        is_empty: false,
    };
    header.codec = match first >> 4 {
        // The specification leaves the byte order of codec 0 open; it is little-endian.
        0 | 3 if is_wide => Ok(Codec::PcmS16Le),
        0 | 3 => Ok(Codec::PcmU8),
        1 => Err("ADPCM of Flash"),
        2 => Ok(Codec::Mp3),
        14 => {
            header.rate = 8000;
            Ok(Codec::Mp3)
        }
        4..=6 => Err("Nellymoser"),
        7 => Ok(Codec::PcmAlaw),
        8 => Ok(Codec::PcmMulaw),
        10 => {
            header.length = 2;
            match *bytes.get(1)? {
                0 => header.is_config = true,
                1 => {}
                _ => header.is_empty = true,
            }
            Ok(Codec::Aac)
        }
        11 => Err("Speex"),
        15 => Err("sound of the device that recorded it"),
        _ => header.codec,
    };
    if matches!(first >> 4, 7 | 8) {
        header.rate = 8000;
    }
    Some(header)
}

fn enhanced(first: u8, rest: &[u8]) -> Option<Header> {
    let kind = first & 15;
    Some(Header {
        codec: match rest.first_chunk()? {
            b"mp4a" => Ok(Codec::Aac),
            b".mp3" => Ok(Codec::Mp3),
            b"ac-3" => Ok(Codec::Ac3),
            b"ec-3" => Ok(Codec::Eac3),
            b"Opus" => Ok(Codec::Opus),
            b"fLaC" => Ok(Codec::Flac),
            _ => Err("a codec of enhanced FLV"),
        },
        rate: 48_000,
        channels: 2,
        length: 5,
        is_config: kind == 0,
        is_empty: kind > 1,
    })
}

/// The audio tags of a file.
struct AudioTags {
    input: Input,
    codec: Option<Codec>,
    start: u64,
    end: u64,
    at: u64,
    lost_sync: bool,
}

impl AudioTags {
    /// Searches for the next tag that is followed by its own size.
    fn resync(&mut self) -> Result<bool> {
        let window = self.input.peek(self.at, SCAN)?;
        let candidates = window.windows(11).enumerate();
        let likely = candidates
            .filter(|(_, header)| {
                matches!(header[0], AUDIO | VIDEO | SCRIPT) && header[8..] == [0; 3]
            })
            .map(|(offset, _)| self.at + offset as u64);
        for at in likely.take(1000).collect::<Vec<_>>() {
            let Some(found) = tag(&mut self.input, at)? else {
                continue;
            };
            let size = self.input.peek(found.end, 4)?;
            let expected = u32::try_from(found.end - at).unwrap_or(0).to_be_bytes();
            if size == expected {
                (self.at, self.lost_sync) = (at, false);
                return Ok(true);
            }
        }
        self.at += (SCAN - 11) as u64;
        Ok(window.len() == SCAN)
    }
}

const TRUNCATED: FileError = FileError::Damaged {
    detail: "an FLV file that was cut off",
};

impl ElementarySource for AudioTags {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        if self.lost_sync {
            return self.resync();
        }
        for _ in 0..STEP {
            match self.end.saturating_sub(self.at) {
                0 => return Ok(false),
                1..11 => return Err(TRUNCATED),
                _ => {}
            }
            let Some(tag) = tag(&mut self.input, self.at)? else {
                self.lost_sync = true;
                return Ok(true);
            };
            if tag.end > self.end {
                return Err(TRUNCATED);
            }
            // The size of the tag follows it.
            self.at = tag.end + 4;
            if tag.kind != AUDIO || tag.end == tag.body {
                continue;
            }
            let Some(header) = header(&self.input.peek(tag.body, 8)?) else {
                continue;
            };
            let is_selected = header.codec.ok() == self.codec;
            if !is_selected || header.is_config || header.is_empty {
                continue;
            }
            let data = tag.body + header.length;
            let mut bytes = Vec::new();
            self.input.set_pos(data);
            let length = tag
                .end
                .saturating_sub(data)
                .min(tonearm_media_core::Packet::MAX_BYTES);
            self.input.fill_vec(&mut bytes, length)?;
            framer.push(&bytes);
            return Ok(true);
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.seek(self.start);
    }

    fn position(&self, framer: &Framer) -> Option<u64> {
        (framer.left() == 0 && !self.lost_sync).then_some(self.at)
    }

    fn seek(&mut self, position: u64) {
        (self.at, self.lost_sync) = (position, false);
    }

    fn progress(&self) -> (u64, u64) {
        (self.at, self.end)
    }
}
