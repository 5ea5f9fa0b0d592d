//! Letters: emails about accounts.
//!
//! Letters are sealed (`crates/letters`), since everything that reads the queue could read
//! the token of a link otherwise. The queue has a sealed letter from when it is posted until
//! it is sent, discarded, or seven days old; afterwards nothing is left of it in Redis.

use std::time::Duration;

use crate::claim::number;
use crate::{Failure, Fence, Jobs, JobsError, LetterId, Redis, Value, millis, script};

/// A letter that belongs to this worker until its lease expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterClaim {
    /// The letter.
    pub id: LetterId,
    /// The sealed letter.
    pub sealed: String,
    /// The number of this attempt, from one. It fences off earlier claims.
    pub attempt: u32,
    /// The number of this attempt since the letter was queued or requeued, from one.
    pub attempts_since_queued: u32,
    /// The stream entry.
    entry: String,
}

/// How the work on a letter ends if it is not given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterEnd {
    /// The email API has accepted it.
    Sent,
    /// Its link does not work any more, so it was not sent.
    TooLate,
}

impl<R: Redis> Jobs<R> {
    /// Queues the sealed letter `id` and notifies the workers. Returns whether it is new.
    ///
    /// # Errors
    /// On an error the outcome is unknown, since the reply may have been lost. Call it
    /// again: a letter that is queued already is not queued twice. One that was sent in the
    /// meantime is sent again with the same idempotency key, because nothing is left of it
    /// in Redis.
    pub fn post_letter(&self, id: LetterId, sealed: &str) -> Result<bool, JobsError> {
        let reply = self.eval_int(&script::POST_LETTER, &[&id.to_string(), sealed])?;
        Ok(reply == 1)
    }

    /// Claims one due letter for the time `lease`, if there is one.
    pub fn claim_letter(&self, lease: Duration) -> Result<Option<LetterClaim>, JobsError> {
        let reply = self.eval(&script::CLAIM_LETTER, &[&millis(lease)])?;
        if reply.is_empty() {
            return Ok(None);
        }
        match parse(&reply) {
            Some(claim) => Ok(Some(claim)),
            None => Err(JobsError::BadRecord {
                id: reply.first().and_then(Value::text).unwrap_or_default(),
                reason: "the letter has another form".to_owned(),
            }),
        }
    }

    /// Ends this attempt; the letter is due again after `pause`.
    pub fn retry_letter_later(
        &self,
        claim: &LetterClaim,
        failure: &Failure,
        pause: Duration,
    ) -> Result<Fence, JobsError> {
        let (id, attempt) = (claim.id.to_string(), claim.attempt.to_string());
        let arguments = [&*id, &claim.entry, &attempt, &millis(pause), &failure.code];
        let reply = self.eval_int(&script::RETRY_LETTER, &arguments)?;
        Ok(Fence::from_reply(reply))
    }

    /// Ends the work on a letter: nothing is left of it (`Ok`), or it is given up (`Err`) and
    /// becomes a dead letter.
    pub fn letter_ended(
        &self,
        claim: &LetterClaim,
        outcome: Result<LetterEnd, &Failure>,
    ) -> Result<Fence, JobsError> {
        let (counter, code, message) = match outcome {
            Ok(LetterEnd::Sent) => ("letters_sent".to_owned(), "", ""),
            Ok(LetterEnd::TooLate) => ("letters_failed:too_late".to_owned(), "", ""),
            Err(Failure { code, message }) => {
                (format!("letters_failed:{code}"), &**code, &**message)
            }
        };
        let (id, attempt) = (claim.id.to_string(), claim.attempt.to_string());
        let arguments = [&*id, &claim.entry, &attempt, &counter, code, message];
        let reply = self.eval_int(&script::END_LETTER, &arguments)?;
        Ok(Fence::from_reply(reply))
    }
}

fn parse(reply: &[Value]) -> Option<LetterClaim> {
    let [id, entry, attempt, since_queued, sealed] = reply else {
        return None;
    };
    Some(LetterClaim {
        id: LetterId::parse(&id.text()?)?,
        sealed: sealed.text()?,
        attempt: number(attempt)?,
        attempts_since_queued: number(since_queued)?,
        entry: entry.text()?,
    })
}
