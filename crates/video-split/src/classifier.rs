//! Bytes in, classified bytes out.

use serde::{Deserialize, Serialize};

use crate::any_format::AnyFormat;
use crate::format::{Action, Format, MAX_PEEK};
use crate::kept_state::KeptState;
use crate::kind::Kind;
use crate::probe::Probe;

/// The first bytes of a frame count as [`Kind::Other`]: a demuxer that walks the file reads
/// them, or a few bytes beyond.
const LEAD: u64 = 32;

/// Separates video from the other bytes of one file.
///
/// Serialized between two pushes and deserialized, it goes on as if there had been no
/// interruption. The serialized form has at most three kilobytes, and is to be returned
/// unchanged; deserializing refuses states that no file leads to, if they would do harm.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "KeptState", into = "KeptState")]
pub struct VideoClassifier {
    pub(crate) format: AnyFormat,
    pub(crate) state: State,
    /// Offset of the next byte in the file.
    pub(crate) offset: u64,
    /// The last bytes of earlier pushes, if the format has not parsed them yet.
    pub(crate) peeked: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum State {
    /// Emits `other` bytes, then `video` bytes.
    Emit { other: u64, video: u64 },
    /// Emits this many more bytes of video.
    Video(u64),
    /// Collects this many bytes, then passes them to the format's parser.
    Peek(usize),
    /// Searches for a candidate, up to this offset.
    Scan(u64),
}

impl State {
    /// Everything that follows is of no interest.
    const REST: Self = Self::Emit {
        other: u64::MAX,
        video: 0,
    };

    /// The state with `left` bytes of a frame still to come.
    fn video(left: u64) -> Self {
        match left {
            0 => Self::Peek(0),
            left => Self::Video(left),
        }
    }
}

impl Default for VideoClassifier {
    fn default() -> Self {
        Self {
            format: AnyFormat::Probe(Probe),
            state: State::Peek(0),
            offset: 0,
            peeked: Vec::with_capacity(MAX_PEEK),
        }
    }
}

impl VideoClassifier {
    /// A classifier that finds no video from `offset` on: for a file whose classifier is lost.
    pub fn unsplit(offset: u64) -> Self {
        Self {
            state: State::REST,
            offset,
            ..Self::default()
        }
    }

    /// Bytes pushed so far.
    pub fn position(&self) -> u64 {
        self.offset
    }

    /// Classifies the next bytes of the file. Passes all of `bytes` to `emit`, in order, in
    /// slices of one kind. A frame may be split over several slices.
    ///
    /// # Errors
    /// The first error of `emit`. Nothing may be pushed after it.
    pub fn push<E>(
        &mut self,
        bytes: &[u8],
        mut emit: impl FnMut(Kind, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left = bytes;
        // Everything from here up to `left` is `Other` and not emitted yet.
        let mut from = 0;
        while !left.is_empty() {
            let done = bytes.len() - left.len();
            let most = |count: u64| {
                usize::try_from(count).map_or(left.len(), |count| count.min(left.len()))
            };
            let count = match self.state {
                State::Emit { other, video } => {
                    let count = most(other);
                    self.state = match other - count as u64 {
                        0 => State::video(video),
                        other => State::Emit { other, video },
                    };
                    count
                }
                State::Video(video) => {
                    let count = most(video);
                    if from < done {
                        emit(Kind::Other, &bytes[from..done])?;
                    }
                    from = done + count;
                    emit(Kind::Video, &bytes[done..from])?;
                    self.state = State::video(video - count as u64);
                    count
                }
                State::Scan(end) => {
                    let within = &left[..most(end.saturating_sub(self.offset))];
                    let count = self.format.skip_mismatches(within);
                    if count < within.len() {
                        self.state = State::Peek(1);
                    } else if self.offset + count as u64 >= end {
                        self.state = State::Peek(0);
                    }
                    count
                }
                State::Peek(needed) if self.peeked.is_empty() && needed <= left.len() => {
                    let peeked = &left[..needed];
                    self.state = self.ask(self.offset, peeked);
                    match self.state {
                        State::Peek(_) => 0,
                        State::Scan(_) => peeked.len().min(1),
                        State::Emit { .. } | State::Video(_) => peeked.len(),
                    }
                }
                State::Peek(needed) => {
                    let count = (needed - self.peeked.len()).min(left.len());
                    self.peeked.extend_from_slice(&left[..count]);
                    self.offset += count as u64;
                    left = &left[count..];
                    if self.peeked.len() == needed {
                        self.parse_peeked();
                    }
                    // Peeked bytes that all lie in `bytes` are read from there, without a
                    // copy.
                    let again = self.peeked.len();
                    if !left.is_empty() && again <= done + count {
                        self.peeked.clear();
                        self.offset -= again as u64;
                        left = &bytes[done + count - again..];
                    }
                    0
                }
            };
            left = &left[count..];
            self.offset += count as u64;
        }
        match from < bytes.len() {
            true => emit(Kind::Other, &bytes[from..]),
            false => Ok(()),
        }
    }

    /// Passes the peeked bytes to the format's parser until it needs more or has parsed them.
    fn parse_peeked(&mut self) {
        let mut peeked = std::mem::take(&mut self.peeked);
        loop {
            self.state = self.ask(self.offset - peeked.len() as u64, &peeked);
            match self.state {
                State::Peek(_) => break,
                State::Emit { .. } | State::Video(_) => peeked.clear(),
                State::Scan(_) if peeked.is_empty() => {}
                State::Scan(_) => {
                    let after_first = peeked.get(1..).unwrap_or_default();
                    let next = 1 + self.format.skip_mismatches(after_first);
                    peeked.drain(..next.min(peeked.len()));
                }
            }
            if peeked.is_empty() {
                break;
            }
        }
        self.peeked = peeked;
    }

    /// The format's decision on the peeked bytes, which begin at `offset`.
    fn ask(&mut self, offset: u64, peeked: &[u8]) -> State {
        loop {
            return match self.format.next(offset, peeked) {
                Action::Become(format) => {
                    self.format = format;
                    continue;
                }
                Action::Peek(needed) if (peeked.len() + 1..=MAX_PEEK).contains(&needed) => {
                    State::Peek(needed)
                }
                Action::Emit(count, Kind::Video) if count > LEAD => State::Emit {
                    other: LEAD,
                    video: count - LEAD,
                },
                Action::Emit(other, _) if other > 0 || !peeked.is_empty() => {
                    State::Emit { other, video: 0 }
                }
                Action::Scan(end) if offset < end => State::Scan(end),
                // The format gave up, or its answer would make no progress.
                _ => State::REST,
            };
        }
    }
}
