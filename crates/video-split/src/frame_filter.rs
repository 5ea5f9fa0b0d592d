//! Decides which candidates are real frames, from what the file has shown so far.
//!
//! Once in ten thousand to a million bytes, audio or the inside of a frame looks like the
//! start of a frame. Accepting such a mismatch skips an arbitrary number of bytes and lands
//! inside another frame, where the next mismatch may follow. A real frame, however, is soon
//! followed by another one, and a signature that was right once is likely to be right a
//! hundred times. So any candidate right after a frame is accepted; elsewhere only
//! candidates whose signature was confirmed by such a successor are.

use serde::{Deserialize, Serialize};

use crate::frame_start::{self, FrameStart, Signature};
use crate::kind::MIN_VIDEO_BYTES;

/// Distance after a frame within which any candidate is accepted: the compressed audio that
/// accompanies one frame.
const NEAR: u64 = 2 << 10;
/// Maximum length of a frame while no signature is trusted. ProRes frames may be longer, but
/// are unambiguous.
const MAX_UNCONFIRMED_BYTES: u64 = 4 << 20;
/// Once a signature is trusted, a frame may be this many times as long as the longest
/// confirmed frame,
const LENGTH_FACTOR: u64 = 2;
/// or this long.
const MIN_LENGTH_LIMIT: u64 = 1 << 20;
/// A signature is trusted after this many confirmations,
const MIN_CONFIRMATIONS: u32 = 2;
/// and only if its score is at least the best score divided by this.
const SCORE_RATIO: u32 = 8;

/// Maximum number of signatures remembered; a file has a handful.
const MAX_SIGNATURES: usize = 32;
/// Distance without a frame after which all signatures are forgotten.
const MAX_GAP: u64 = 4 << 20;

/// Learns the signatures of a file.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrameFilter {
    /// Per signature: the number of its frames that another frame followed, minus the number
    /// of those that none followed.
    scores: Vec<(Signature, u32)>,
    /// Length of the longest confirmed frame.
    longest: u64,
    /// The last accepted frame and its end offset.
    last: Option<(FrameStart, u64)>,
}

impl FrameFilter {
    /// What is wrong with a state that was kept.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.scores.len() > MAX_SIGNATURES {
            return Err("too many signatures");
        }
        let last = self.last.map_or(0, |(start, _)| start.bytes);
        if self.longest.max(last) > frame_start::MAX_BYTES {
            return Err("a frame longer than its length field allows");
        }
        Ok(())
    }

    /// Whether an accepted frame ends at `offset`.
    pub(crate) fn ended_at(&self, offset: u64) -> bool {
        self.last.is_some_and(|(_, end)| end == offset)
    }

    /// Whether to accept the candidate `start` at `offset` as a frame. At most `left` bytes
    /// remain for it in the box.
    pub(crate) fn accept(&mut self, offset: u64, start: FrameStart, left: u64) -> bool {
        let gap = self.last.map_or(0, |(_, end)| offset.saturating_sub(end));
        if gap > MAX_GAP {
            self.scores.clear();
        }
        let best = self.scores.iter().map(|(_, score)| *score).max();
        let required = (best.unwrap_or_default() / SCORE_RATIO).max(MIN_CONFIRMATIONS);
        let trusts_any = best >= Some(required);
        let is_trusted = |signature| {
            self.scores
                .iter()
                .any(|(known, score)| *known == signature && *score >= required)
        };
        let max_bytes = match trusts_any {
            true => (self.longest * LENGTH_FACTOR).max(MIN_LENGTH_LIMIT),
            false => MAX_UNCONFIRMED_BYTES,
        };
        let is_accepted = match start.signature {
            Signature::ProRes => true,
            _ if start.bytes > max_bytes => false,
            Signature::LaterSlice => self.ended_at(offset),
            signature if !trusts_any => {
                let follows = self
                    .last
                    .is_some_and(|(last, _)| last.signature.same_codec(signature));
                !signature.resembles_zeros() || (gap <= NEAR && follows)
            }
            signature => gap <= NEAR || is_trusted(signature),
        };
        if !is_accepted || !(MIN_VIDEO_BYTES..=left).contains(&start.bytes) {
            return false;
        }
        self.learn(gap <= NEAR);
        self.last = Some((start, offset + start.bytes));
        true
    }

    /// Updates the score of the last frame; `confirmed` if another followed it closely.
    fn learn(&mut self, confirmed: bool) {
        let Some((FrameStart { bytes, signature }, _)) = self.last else {
            return;
        };
        if confirmed {
            self.longest = self.longest.max(bytes);
        }
        if signature == Signature::LaterSlice {
            return;
        }
        let has_room = self.scores.len() < MAX_SIGNATURES;
        let known = self
            .scores
            .iter_mut()
            .find(|(known, _)| *known == signature);
        match known {
            Some((_, score)) if confirmed => *score = score.saturating_add(1),
            Some((_, score)) => *score = score.saturating_sub(1),
            None if confirmed && has_room => self.scores.push((signature, 1)),
            None => {}
        }
    }
}
