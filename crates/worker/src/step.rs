//! The decision after an attempt: record, retry, or give up.

use std::time::Duration;

use tonearm_jobs::{AudioTrack, Failure, retry_delay};

use crate::{AttemptError, Ending, Outcome, Retry};

/// What a worker records after an attempt.
#[derive(Debug, PartialEq)]
pub(crate) enum Step<P> {
    /// The result.
    Done { product: P, note: String },
    /// Nothing: the attempt has done so itself.
    Recorded { note: String },
    /// Nothing: the claim is lost.
    Lost,
    /// A failed attempt, with another one after the pause.
    RetryLater {
        error: AttemptError,
        pause: Duration,
    },
    /// The end of the work.
    Failed {
        failure: Failure,
        detail: String,
        tracks: Vec<AudioTrack>,
        ending: Ending,
    },
}

/// Decides. `outcome` is `None` where no attempt was made because the earlier ones
/// ended in a trap or a kill.
pub(crate) fn decide<P>(
    outcome: Option<Outcome<P>>,
    attempts_since_queued: u32,
    max_attempts: u32,
    jitter: f64,
    gave_up: impl FnOnce(Option<&Failure>) -> Failure,
) -> Step<P> {
    let error = match outcome {
        Some(Outcome::Done { product, note }) => return Step::Done { product, note },
        Some(Outcome::Recorded { note }) => return Step::Recorded { note },
        Some(Outcome::Lost) => return Step::Lost,
        Some(Outcome::Failed(error)) => error,
        None => {
            return Step::Failed {
                failure: gave_up(None),
                detail: "the attempts ended in a trap or a kill".to_owned(),
                tracks: Vec::new(),
                ending: Ending::GaveUp,
            };
        }
    };
    match error.retry {
        Retry::Never => Step::Failed {
            failure: error.failure,
            detail: error.detail,
            tracks: error.tracks,
            ending: Ending::Permanent,
        },
        Retry::NotBefore(least) if attempts_since_queued < max_attempts => Step::RetryLater {
            pause: retry_delay(attempts_since_queued, jitter).max(least),
            error,
        },
        Retry::NotBefore(_) => Step::Failed {
            failure: gave_up(Some(&error.failure)),
            detail: error.detail,
            tracks: error.tracks,
            ending: Ending::GaveUp,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(retry: Retry) -> AttemptError {
        AttemptError {
            failure: Failure::new("x", "X."),
            detail: "why".to_owned(),
            retry,
            tracks: vec![AudioTrack::default()],
        }
    }

    fn gave_up(last: Option<&Failure>) -> Failure {
        Failure::new("gave_up", last.map_or("no error", |last| &last.message))
    }

    fn decided(outcome: Option<Outcome<u8>>, attempts: u32, jitter: f64) -> Step<u8> {
        decide(outcome, attempts, 3, jitter, gave_up)
    }

    fn failed(failure: Failure, detail: &str, tracks: usize, ending: Ending) -> Step<u8> {
        Step::Failed {
            failure,
            detail: detail.to_owned(),
            tracks: vec![AudioTrack::default(); tracks],
            ending,
        }
    }

    #[test]
    fn a_result_is_recorded_whatever_the_number_of_attempts() {
        for attempts in [1, 3, 9] {
            let done = Outcome::Done {
                product: 7,
                note: String::new(),
            };
            let step = decided(Some(done), attempts, 0.0);
            assert!(matches!(step, Step::Done { product: 7, .. }));
            let recorded = Outcome::Recorded {
                note: String::new(),
            };
            let step = decided(Some(recorded), attempts, 0.0);
            assert!(matches!(step, Step::Recorded { .. }));
            assert_eq!(decided(Some(Outcome::Lost), attempts, 0.0), Step::Lost);
        }
    }

    #[test]
    fn a_permanent_failure_ends_the_work_at_once() {
        for attempts in [1, 2, 3] {
            let step = decided(Some(Outcome::Failed(error(Retry::Never))), attempts, 0.0);
            let expected = failed(Failure::new("x", "X."), "why", 1, Ending::Permanent);
            assert_eq!(step, expected);
        }
    }

    #[test]
    fn a_transient_failure_is_retried_until_the_last_attempt() {
        for (attempts, seconds) in [(1, 2), (2, 4)] {
            let step = decided(Some(Outcome::Failed(error(Retry::LATER))), attempts, 0.0);
            let expected = Step::RetryLater {
                error: error(Retry::LATER),
                pause: Duration::from_secs(seconds),
            };
            assert_eq!(step, expected);
        }
        let step = decided(Some(Outcome::Failed(error(Retry::LATER))), 3, 0.0);
        let expected = failed(Failure::new("gave_up", "X."), "why", 1, Ending::GaveUp);
        assert_eq!(step, expected);
    }

    #[test]
    fn jitter_shortens_the_pause_and_a_requested_time_extends_it() {
        let pause = |retry, jitter| match decided(Some(Outcome::Failed(error(retry))), 1, jitter) {
            Step::RetryLater { pause, .. } => pause,
            other => panic!("{other:?}"),
        };
        assert_eq!(pause(Retry::LATER, 1.0), Duration::from_secs(1));
        let minute = Duration::from_secs(60);
        assert_eq!(pause(Retry::NotBefore(minute), 1.0), minute);
    }

    #[test]
    fn attempts_that_all_ended_in_a_trap_give_up() {
        let step = decided(None, 4, 0.0);
        let failure = Failure::new("gave_up", "no error");
        let detail = "the attempts ended in a trap or a kill";
        assert_eq!(step, failed(failure, detail, 0, Ending::GaveUp));
    }
}
