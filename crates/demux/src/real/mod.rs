//! RealMedia and RealAudio.
//!
//! | file | contents |
//! |---|---|
//! | `headers.rs` | the chunks before the data of RealMedia |
//! | `media.rs` | its data packets |
//! | `audio.rs` | `.ra` files, which have one stream without packets |
//! | `audio_header.rs` | the description of a stream of audio in both |
//! | `interleaver.rs`, `sipr.rs` | the order of packets in both |

mod audio;
mod audio_header;
mod headers;
mod interleaver;
mod media;
mod sipr;

use tonearm_framing::framer::{Framer, Framing};
use tonearm_media_core::{Codec, Tags, Track, tags::put};

use crate::charset::Charset;
use crate::track_selection::Candidate;

pub(crate) use self::audio::{detect as detect_audio, open as open_audio};
pub(crate) use self::audio_header::AudioHeader;
pub(crate) use self::interleaver::Interleaver;
pub(crate) use self::media::{detect, open};

fn candidate(header: &AudioHeader) -> Candidate {
    Candidate {
        codec: header.params.codec,
        codec_name: header.codec.clone().err(),
        channels: header
            .params
            .channel_count()
            .and_then(|count| count.try_into().ok()),
        ..Candidate::default()
    }
}

fn track(header: &AudioHeader) -> Track {
    Track {
        params: header.params.clone(),
        codec_name: header.codec.clone().err(),
        tick_rate: header.params.sample_rate.unwrap_or(0),
        ..Track::default()
    }
}

fn framing(header: &AudioHeader) -> Framing {
    match header.params.codec {
        Codec::Ac3 => Framing::Ac3,
        Codec::Aac => Framing::Whole { samples: 1024 },
        _ => Framing::Whole { samples: 0 },
    }
}

/// The packets of a stream on their way to the framer.
struct Packets {
    interleaver: Interleaver,
    codec: Codec,
    /// Time of the beginning of the file in milliseconds.
    origin: u32,
    /// The last time in milliseconds.
    last: Option<u32>,
}

impl Packets {
    fn new(header: AudioHeader, origin: u32) -> Self {
        Self {
            interleaver: header.interleaver,
            codec: header.params.codec,
            origin,
            last: None,
        }
    }

    /// Pushes the next packet; false if there is none.
    fn push_next(&mut self, framer: &mut Framer) -> bool {
        let Some((mut data, time)) = self.interleaver.pop() else {
            return false;
        };
        if self.codec == Codec::Ac3 {
            // AC-3 is stored in words of 16 bits, the low byte first.
            data.chunks_exact_mut(2).for_each(<[u8]>::reverse);
        }
        // Some writers repeat a time, or write 0 throughout.
        if let Some(time) = time.filter(|_| time != self.last) {
            framer.set_time((i64::from(time) - i64::from(self.origin)) * 1_000_000);
            self.last = Some(time);
        }
        framer.push(&data);
        true
    }

    fn is_empty(&self) -> bool {
        self.interleaver.is_empty()
    }

    /// Drops everything.
    fn clear(&mut self) {
        self.interleaver.clear();
        self.last = None;
    }
}

/// The tags of a title, an author, a copyright and a comment, which are in the charset of
/// their writer.
fn tags(texts: [&[u8]; 4]) -> Tags {
    let charset = Charset::of(texts);
    let [title, artist, _, comment] = texts.map(|text| charset.decode(text).unwrap_or_default());
    let mut tags = Tags::default();
    put(&mut tags.title, &title);
    put(&mut tags.artist, &artist);
    put(&mut tags.comment, &comment);
    tags
}
