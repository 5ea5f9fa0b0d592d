//! The serialized form of a classifier.

use serde::{Deserialize, Serialize};

use crate::any_format::AnyFormat;
use crate::classifier::{State, VideoClassifier};
use crate::format::MAX_PEEK;

/// The fields of a [`VideoClassifier`], not checked yet.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptState {
    format: AnyFormat,
    state: State,
    offset: u64,
    peeked: Vec<u8>,
}

impl From<VideoClassifier> for KeptState {
    fn from(classifier: VideoClassifier) -> Self {
        let VideoClassifier {
            format,
            state,
            offset,
            peeked,
        } = classifier;
        Self {
            format,
            state,
            offset,
            peeked,
        }
    }
}

impl TryFrom<KeptState> for VideoClassifier {
    type Error = &'static str;

    fn try_from(kept: KeptState) -> Result<Self, Self::Error> {
        let KeptState {
            format,
            state,
            offset,
            peeked,
        } = kept;
        format.check()?;
        // An offset of this size leaves room for any number of further bytes.
        if offset > u64::MAX / 2 || offset < peeked.len() as u64 {
            return Err("an impossible offset");
        }
        let is_possible = match state {
            State::Peek(needed) => {
                needed <= MAX_PEEK && (peeked.is_empty() || peeked.len() < needed)
            }
            State::Video(left) => left > 0 && peeked.is_empty(),
            State::Emit { .. } | State::Scan(_) => peeked.is_empty(),
        };
        if !is_possible {
            return Err("a state that does not match the bytes peeked");
        }
        Ok(Self {
            format,
            state,
            offset,
            peeked,
        })
    }
}
