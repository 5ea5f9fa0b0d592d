//! Every way a request can go wrong, and its answer.
//!
//! Policy: what the client can mend is told exactly; what only the operator can
//! mend is logged exactly and told in general. Somebody else's job and no job
//! at all are the same answer.

use tonearm_blobs::BlobError;
use tonearm_jobs::{JobsError, State};
use tonearm_problem::Problem;
use tonearm_spin_runtime::ConfigError;
use tonearm_spin_runtime::fetch::FetchError;
use tonearm_spin_runtime::queue::OpenError;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::Head;
use tonearm_tokens::TokenError;
use tonearm_web::multipart::FormError;

/// Seconds after which a passing fault may have passed.
const RETRY_AFTER: u64 = 5;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Problem(Box<Problem>),
    #[error("no such job of this user")]
    NoSuchJob,
    #[error("no such dead letter")]
    NoSuchLetter,
    #[error("the video is gone")]
    VideoGone,
    #[error("the job is {0:?}")]
    NotReady(State),
    #[error("the MP3 is gone")]
    Gone,
    #[error("no route for files of {0} bytes")]
    FileTooLarge(u64),
    #[error("more than {0} files")]
    TooManyFiles(usize),
    #[error("the user has {0} unfinished jobs")]
    TooManyJobs(u64),
    #[error("the upload took too long")]
    TooLate,
    #[error(transparent)]
    Form(#[from] FormError),
    #[error("the body broke off: {0}")]
    BrokenBody(String),
    #[error("auth: {0}")]
    Auth(#[from] FetchError),
    #[error("auth answered {0}")]
    AuthAnswer(u16),
    #[error(transparent)]
    Files(#[from] BlobError),
    #[error(transparent)]
    Queue(JobsError),
    #[error(transparent)]
    NoQueue(tonearm_jobs::RedisError),
    #[error("whether the upload was accepted is not known: {0}")]
    InDoubt(tonearm_jobs::RedisError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<JobsError> for Error {
    fn from(error: JobsError) -> Self {
        match error {
            JobsError::Redis(error) => Self::NoQueue(error),
            other => Self::Queue(other),
        }
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Config(error) => Self::Config(error),
            OpenError::Redis(error) => Self::NoQueue(error),
        }
    }
}

impl Error {
    /// The answer to the client.
    pub fn reply(&self) -> Reply {
        let reply = reply::problem(&self.problem());
        match self {
            Self::Token(error) => reply::with(reply, "www-authenticate", error.challenge()),
            _ => reply,
        }
    }

    /// A line for the operator, where there is something to see to.
    pub fn log(&self, head: &Head) {
        let problem = self.problem();
        if problem.status >= 500 {
            let path = head.uri().path();
            eprintln!("{} {path}: {} ({self})", head.method(), problem);
        }
    }

    fn problem(&self) -> Problem {
        match self {
            Self::Token(error) => error.into(),
            Self::Problem(problem) => (**problem).clone(),
            Self::NoSuchJob => Problem::new(404, "no_such_job", "No such job")
                .detail("You have no job with this id. GET /jobs lists those you have."),
            Self::NoSuchLetter => Problem::new(404, "no_such_dead_letter", "No such dead letter")
                .detail(
                    "This queue has no dead letter of this job. GET /admin/dead-letters lists \
                     those there are.",
                ),
            Self::VideoGone => Problem::new(409, "video_gone", "Video gone")
                .detail("The video is no longer kept, so there is nothing to convert again."),
            Self::NotReady(State::Failed) => Problem::new(409, "job_failed", "Job failed")
                .detail("This file could not be converted. GET /jobs/ID tells why."),
            Self::NotReady(state) => Problem::new(409, "not_ready", "Not ready")
                .detail(format!(
                    "The MP3 is not there yet: the job is {}. GET /jobs/ID tells how far it is.",
                    if *state == State::Queued {
                        "queued"
                    } else {
                        "converting"
                    },
                ))
                .retry_after(RETRY_AFTER),
            Self::Gone => Problem::new(410, "mp3_expired", "MP3 expired")
                .detail("The MP3 of this job is no longer kept. Upload the file again."),
            Self::FileTooLarge(limit) => Problem::new(413, "file_too_large", "File too large")
                .detail(format!(
                    "A file may have at most {limit} bytes. Nothing was kept."
                ))
                .field("file"),
            Self::TooManyFiles(limit) => Problem::new(413, "too_many_files", "Too many files")
                .detail(format!(
                    "One upload may have at most {limit} files. Nothing was kept."
                ))
                .field("file"),
            Self::TooManyJobs(limit) => Problem::new(429, "too_many_jobs", "Too many jobs")
                .detail(format!(
                    "You may have at most {limit} unfinished jobs. Nothing was kept; wait for \
                     some to end, or delete them."
                ))
                .retry_after(60),
            Self::TooLate => Problem::new(408, "upload_too_slow", "Upload too slow")
                .detail("The upload stood still for so long that it was given up. Send it again."),
            Self::Form(FormError::NotMultipart) => {
                Problem::new(415, "not_multipart", "Not multipart/form-data")
                    .detail("Send the file as multipart/form-data: curl -F 'file=@video.mp4'.")
                    .field("content-type")
            }
            Self::Form(error) => Problem::new(400, "bad_form", "Malformed form").detail(format!(
                "The upload cannot be read: {error}. Nothing was kept."
            )),
            Self::BrokenBody(_) => Problem::new(400, "body_incomplete", "Body incomplete")
                .detail("The upload broke off before its end. Nothing was kept."),
            Self::Auth(_) | Self::AuthAnswer(_) => {
                Problem::new(503, "auth_unavailable", "Accounts unavailable")
                    .detail("Accounts cannot be reached at the moment. Try again shortly.")
                    .retry_after(RETRY_AFTER)
            }
            Self::Files(_) => Problem::new(503, "files_unavailable", "File store unavailable")
                .detail("The file store cannot be reached at the moment. Try again shortly.")
                .retry_after(RETRY_AFTER),
            Self::NoQueue(_) => Problem::new(503, "queue_unavailable", "Queue unavailable")
                .detail("The queue cannot be reached at the moment. Try again shortly.")
                .retry_after(RETRY_AFTER),
            Self::InDoubt(_) => Problem::new(503, "upload_in_doubt", "Upload in doubt")
                .detail(
                    "The queue went away at the last moment. GET /jobs tells whether the upload \
                     was accepted, once the queue is back; if it was not, nothing is kept of it.",
                )
                .retry_after(RETRY_AFTER),
            Self::Queue(_) => Problem::new(500, "internal", "Internal error")
                .detail("Something is wrong on our side, and it has been logged."),
            Self::Config(_) => Problem::new(500, "misconfigured", "Misconfigured")
                .detail("This service is not configured rightly; its log tells the operator."),
        }
    }
}
