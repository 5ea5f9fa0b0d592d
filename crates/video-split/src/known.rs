//! What is known of the pictures of a film, learnt from it as it comes in.
//!
//! Sound and pictures themselves look like the beginning of a picture now and then, once
//! in ten thousand to a million bytes. Whoever falls for that passes over bytes that have
//! nothing to do with it and ends up in the middle of a picture, where it may fall for the
//! next. But behind a picture there soon is another, and who is right about one is likely
//! to be right about a hundred. So right behind a picture whatever looks like one is
//! believed; elsewhere only what looks like those that had another behind them.

use crate::MIN_PICTURE;
use crate::coded::{Signature, Start};

/// Bytes behind a picture within which any is believed: the sound of a picture's time, if it
/// is compressed.
const NEAR: u64 = 2 << 10;
/// The longest that a picture may be before any is known. ProRes, which is longer, is
/// never in doubt.
const LONGEST_AT_FIRST: u64 = 4 << 20;
/// Later, as times of the longest that had another behind it, and at least so long.
const TIMES_LONGEST: u64 = 2;
const LONGEST_AT_LEAST: u64 = 1 << 20;
/// A signature is known that was right so often,
const OFTEN: u32 = 2;
/// and at least once for so many times of that which was right most often.
const SELDOM: u32 = 8;

/// Signatures that are remembered: a film has a handful.
const SIGNATURES: usize = 32;
/// Bytes without a picture after which nothing is known any more.
const LOST: u64 = 4 << 20;

/// What is known so far.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// How often those of each signature had another behind them, and fewer by how often
    /// they had not.
    scores: Vec<(Signature, u32)>,
    longest: u64,
    /// The last that was believed, and where it ends.
    last: Option<(Start, u64)>,
}

impl Known {
    /// Whether a picture ends right here.
    pub(crate) fn is_behind(&self, at: u64) -> bool {
        self.last.is_some_and(|(_, end)| end == at)
    }

    /// Whether what looks like a picture at `at`, of which `left` bytes could be there,
    /// is to be believed.
    pub(crate) fn believe(&mut self, at: u64, start: Start, left: u64) -> bool {
        let since = self.last.map_or(0, |(_, end)| at.saturating_sub(end));
        if since > LOST {
            self.scores.clear();
        }
        let most = self.scores.iter().map(|(_, score)| *score).max();
        let wanted = (most.unwrap_or_default() / SELDOM).max(OFTEN);
        let knows_any = most >= Some(wanted);
        let is_known = |signature| {
            self.scores
                .iter()
                .any(|(kind, score)| *kind == signature && *score >= wanted)
        };
        let longest = match knows_any {
            true => (self.longest * TIMES_LONGEST).max(LONGEST_AT_LEAST),
            false => LONGEST_AT_FIRST,
        };
        let is_believed = match start.signature {
            Signature::ProRes => true,
            _ if start.bytes > longest => false,
            Signature::Later => self.is_behind(at),
            signature if !knows_any => {
                let follows = self
                    .last
                    .is_some_and(|(last, _)| last.signature.is_like(signature));
                !signature.is_like_zeros() || (since <= NEAR && follows)
            }
            signature => since <= NEAR || is_known(signature),
        };
        if !is_believed || !(MIN_PICTURE..=left).contains(&start.bytes) {
            return false;
        }
        self.learn(since <= NEAR);
        self.last = Some((start, at + start.bytes));
        true
    }

    /// Learns whether there was another soon behind the last.
    fn learn(&mut self, was_right: bool) {
        let Some((Start { bytes, signature }, _)) = self.last else {
            return;
        };
        if was_right {
            self.longest = self.longest.max(bytes);
        }
        if signature == Signature::Later {
            return;
        }
        let has_room = self.scores.len() < SIGNATURES;
        let known = self.scores.iter_mut().find(|(kind, _)| *kind == signature);
        match known {
            Some((_, score)) if was_right => *score = score.saturating_add(1),
            Some((_, score)) => *score = score.saturating_sub(1),
            None if was_right && has_room => self.scores.push((signature, 1)),
            None => {}
        }
    }
}
