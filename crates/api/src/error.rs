//! Every refusal and failure of the API, and its response.
//!
//! What the client can correct is explained exactly. What only the operator can
//! correct is logged exactly and explained in general terms. Another user's job and
//! a job that does not exist get the same response.

use tonearm_account_state::AccountStateError;
use tonearm_blobs::BlobError;
use tonearm_jobs::{JobsError, RedisError, State};
use tonearm_options::OptionError;
use tonearm_problem::Problem;
use tonearm_tokens::TokenError;
use tonearm_web::multipart::FormError;
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::Head;

use crate::problem_kind::{self as kind, ProblemKind};
use crate::tus::TusError;

/// Seconds after which a client retries a temporary failure.
const RETRY_AFTER: u64 = 5;

/// Most characters of an id that a problem repeats.
const MAX_ID: usize = 36;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages describe the variants")]
pub enum Error {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("not sent by a page of this site")]
    CrossSite,
    #[error("unknown path {path}")]
    NotFound { path: String },
    #[error("the path supports {allow}")]
    MethodNotAllowed { allow: String },
    #[error("parameter {name} is not {valid}")]
    BadParameter { name: &'static str, valid: String },
    #[error("the user has no such job")]
    NoSuchJob,
    #[error("no such dead letter")]
    NoSuchDeadLetter,
    #[error("the upload has expired")]
    VideoGone,
    #[error("the conversion has not ended")]
    StillConverting,
    #[error("the job is {0:?}")]
    NotReady(State),
    #[error("the MP3 has expired")]
    Mp3Expired,
    #[error("job {id:?} of an archive: {reason}")]
    InArchive { id: String, reason: Box<Error> },
    #[error("the range lies outside the {length} bytes of the file")]
    RangeNotSatisfiable { length: u64 },
    #[error("a file of more than {0} bytes")]
    FileTooLarge(u64),
    #[error("more than {0} files")]
    TooManyFiles(usize),
    #[error("the user has {0} unfinished jobs")]
    TooManyJobs(u64),
    #[error("the upload expired before it was complete")]
    UploadTooSlow,
    #[error(transparent)]
    Form(#[from] FormError),
    #[error("the form has no file")]
    NoFile,
    #[error("the file {name:?} is empty")]
    EmptyFile { name: String },
    #[error("option {}: {}", .0.field(), .0)]
    Option(#[from] OptionError),
    #[error("field {field:?}: {hint}")]
    BadField { field: String, hint: String },
    #[error("field {field:?}: {hint}")]
    BadValue { field: String, hint: String },
    #[error("neither a form nor JSON")]
    BadMediaType,
    #[error("option {}: {}", .0.field(), .0)]
    OptionAgain(OptionError),
    #[error("the upload was interrupted: {0}")]
    UploadIncomplete(String),
    #[error("the body was interrupted: {0}")]
    BodyIncomplete(String),
    #[error("a body of more than {0} bytes")]
    BodyTooLarge(usize),
    #[error(transparent)]
    Tus(#[from] TusError),
    #[error("auth: {0}")]
    AuthUnavailable(String),
    #[error(transparent)]
    Files(#[from] BlobError),
    #[error(transparent)]
    QueueUnavailable(RedisError),
    #[error("unknown whether the upload was accepted: {0}")]
    UploadInDoubt(RedisError),
    #[error(transparent)]
    Accounts(AccountStateError),
    #[error(transparent)]
    Internal(JobsError),
    #[error("variable {name}: {reason}")]
    Config { name: String, reason: String },
}

impl From<JobsError> for Error {
    fn from(error: JobsError) -> Self {
        match error {
            JobsError::Redis(error) => Self::QueueUnavailable(error),
            other => Self::Internal(other),
        }
    }
}

impl From<AccountStateError> for Error {
    fn from(error: AccountStateError) -> Self {
        match error {
            AccountStateError::Redis(error) => Self::QueueUnavailable(error),
            other => Self::Accounts(other),
        }
    }
}

impl Error {
    /// The response to the client.
    pub fn reply(&self) -> Reply {
        match self {
            Self::NotFound { path } => reply::no_such_path(path),
            Self::MethodNotAllowed { allow } => reply::method_not_allowed(allow),
            Self::Token(error) => {
                let reply = reply::problem(&error.into());
                reply::with(reply, "www-authenticate", error.challenge())
            }
            Self::Tus(TusError::Version) => reply::with(
                reply::problem(&self.problem()),
                "tus-version",
                crate::tus::VERSION,
            ),
            Self::RangeNotSatisfiable { length } => reply::with(
                reply::problem(&self.problem()),
                "content-range",
                &format!("bytes */{length}"),
            ),
            _ => reply::problem(&self.problem()),
        }
    }

    /// Logs an error that the operator has to correct.
    pub fn log(&self, head: &Head) {
        let problem = self.problem();
        if problem.status >= 500 {
            let path = head.uri().path();
            eprintln!("{} {path}: {problem} ({self})", head.method());
        }
    }

    fn problem(&self) -> Problem {
        if let Self::Token(error) = self {
            return error.into();
        }
        let problem = self.kind().problem().detail(self.detail());
        let problem = match self.field() {
            Some(field) => problem.field(field),
            None => problem,
        };
        match self.retry_after() {
            Some(seconds) => problem.retry_after(seconds),
            None => problem,
        }
    }

    fn kind(&self) -> &'static ProblemKind {
        match self {
            Self::Token(TokenError::Missing) => &kind::TOKEN_MISSING,
            Self::Token(TokenError::Expired) => &kind::TOKEN_EXPIRED,
            Self::Token(TokenError::Revoked) => &kind::TOKEN_REVOKED,
            Self::Token(_) => &kind::TOKEN_INVALID,
            Self::CrossSite => &kind::CROSS_SITE_REQUEST,
            Self::NotFound { .. } => &kind::NOT_FOUND,
            Self::MethodNotAllowed { .. } => &kind::METHOD_NOT_ALLOWED,
            Self::BadParameter { .. } => &kind::BAD_PARAMETER,
            Self::NoSuchJob => &kind::NO_SUCH_JOB,
            Self::NoSuchDeadLetter => &kind::NO_SUCH_DEAD_LETTER,
            Self::VideoGone => &kind::VIDEO_GONE,
            Self::StillConverting => &kind::STILL_CONVERTING,
            Self::NotReady(State::Failed) => &kind::JOB_FAILED,
            Self::NotReady(_) => &kind::NOT_READY,
            Self::Mp3Expired => &kind::MP3_EXPIRED,
            Self::InArchive { reason, .. } => reason.kind(),
            Self::RangeNotSatisfiable { .. } => &kind::RANGE_NOT_SATISFIABLE,
            Self::FileTooLarge(_) => &kind::FILE_TOO_LARGE,
            Self::TooManyFiles(_) => &kind::TOO_MANY_FILES,
            Self::TooManyJobs(_) => &kind::TOO_MANY_JOBS,
            Self::UploadTooSlow => &kind::UPLOAD_TOO_SLOW,
            Self::Form(FormError::NotMultipart) => &kind::NOT_MULTIPART,
            Self::Form(_) => &kind::BAD_FORM,
            Self::NoFile => &kind::NO_FILE,
            Self::EmptyFile { .. } => &kind::EMPTY_FILE,
            Self::Option(OptionError::Unknown { .. })
            | Self::OptionAgain(OptionError::Unknown { .. }) => &kind::UNKNOWN_OPTION,
            Self::Option(_) | Self::OptionAgain(_) => &kind::BAD_OPTION,
            Self::BadField { .. } | Self::BadValue { .. } => &kind::BAD_FIELD,
            Self::BadMediaType => &kind::BAD_MEDIA_TYPE,
            Self::UploadIncomplete(_) | Self::BodyIncomplete(_) => &kind::BODY_INCOMPLETE,
            Self::BodyTooLarge(_) => &kind::BODY_TOO_LARGE,
            Self::Tus(error) => error.kind(),
            Self::AuthUnavailable(_) => &kind::AUTH_UNAVAILABLE,
            Self::Files(_) => &kind::FILES_UNAVAILABLE,
            Self::QueueUnavailable(_) => &kind::QUEUE_UNAVAILABLE,
            Self::UploadInDoubt(_) => &kind::UPLOAD_IN_DOUBT,
            Self::Accounts(_) | Self::Internal(_) => &kind::INTERNAL,
            Self::Config { .. } => &kind::MISCONFIGURED,
        }
    }

    /// What happened and what the client can do about it.
    fn detail(&self) -> String {
        match self {
            Self::Token(_) | Self::NotFound { .. } | Self::MethodNotAllowed { .. } => {
                return self.to_string();
            }
            Self::CrossSite => {
                "A request with the cookie of a session must come from a page of this site. \
                 Programs send a token as `Authorization: Bearer TOKEN` in its place."
            }
            Self::BadParameter { name, valid } => return format!("{name} must be {valid}."),
            Self::NoSuchJob => "You have no job with this id. GET /jobs lists those you have.",
            Self::NoSuchDeadLetter => {
                "This queue has no dead letter with this id. GET /admin/dead-letters lists \
                 those there are."
            }
            Self::StillConverting => {
                "The job has not ended. It can be converted again once it has."
            }
            Self::VideoGone => "The video is no longer kept, so there is nothing to convert again.",
            Self::NotReady(State::Failed) => {
                "This file could not be converted. GET /jobs/ID shows the reason."
            }
            Self::NotReady(State::Queued) => {
                "The MP3 is not ready: the job is queued. GET /jobs/ID shows its progress."
            }
            Self::NotReady(_) => {
                "The MP3 is not ready: the job is converting. GET /jobs/ID shows its progress."
            }
            Self::InArchive { id, reason } => {
                let id: String = id.chars().take(MAX_ID).collect();
                return format!("Job {id:?}: {}", reason.detail());
            }
            Self::Mp3Expired => "The MP3 of this job is no longer kept. Upload the file again.",
            Self::RangeNotSatisfiable { length } => {
                return format!("The file has {length} bytes.");
            }
            Self::FileTooLarge(limit) => {
                return format!("A file may have at most {limit} bytes. Nothing was kept.");
            }
            Self::TooManyFiles(limit) => {
                return format!("One upload may have at most {limit} files. Nothing was kept.");
            }
            Self::TooManyJobs(limit) => {
                return format!(
                    "You may have at most {limit} unfinished jobs. Nothing was accepted; wait for \
                     some to end, or delete them."
                );
            }
            Self::UploadTooSlow => "The upload stalled until it expired. Send it again.",
            Self::Form(FormError::NotMultipart) => {
                "Send the file as multipart/form-data: curl -F 'file=@video.mp4'."
            }
            Self::Form(error) => {
                return format!("The upload cannot be read: {error}. Nothing was kept.");
            }
            Self::NoFile => "The form has no file: curl -F 'file=@video.mp4'.",
            Self::EmptyFile { name } => {
                return format!("The file {name:?} is empty. Nothing was kept.");
            }
            Self::Option(error) => {
                let name = error.field();
                return format!("Option {name:?}: {error}. Nothing was kept.");
            }
            Self::BadField { field, hint } => {
                return format!("Field {field:?}: {hint} Nothing was kept.");
            }
            Self::OptionAgain(error) => {
                let name = error.field();
                return format!("Option {name:?}: {error}. The job is unchanged.");
            }
            Self::BadValue { field, hint } if field.is_empty() => {
                return format!("The request cannot be read: {hint}");
            }
            Self::BadValue { field, hint } => return format!("Field {field:?}: {hint}"),
            Self::BadMediaType => {
                "Send fields as application/x-www-form-urlencoded or application/json."
            }
            Self::UploadIncomplete(_) => {
                "The upload ended before it was complete. Nothing was kept."
            }
            Self::BodyIncomplete(_) => "The request's body ended before it was complete.",
            Self::BodyTooLarge(limit) => {
                return format!("The body of this request may have at most {limit} bytes.");
            }
            Self::Tus(error) => return error.detail(),
            Self::AuthUnavailable(_) => {
                "Accounts cannot be reached at the moment. Try again shortly."
            }
            Self::Files(_) => "The file store cannot be reached at the moment. Try again shortly.",
            Self::QueueUnavailable(_) => {
                "The queue cannot be reached at the moment. Try again shortly."
            }
            Self::UploadInDoubt(_) => {
                "The queue failed before it confirmed the upload. Once it is available again, \
                 GET /jobs shows whether the upload was accepted; if it was not, nothing is kept."
            }
            Self::Accounts(_) | Self::Internal(_) => {
                "Something is wrong on our side, and it has been logged."
            }
            Self::Config { .. } => "This service is misconfigured; its log contains the reason.",
        }
        .to_owned()
    }

    /// The field, header or parameter that the client has to change.
    fn field(&self) -> Option<&str> {
        match self {
            Self::BadParameter { name, .. } => Some(name),
            Self::InArchive { .. } => Some("fid"),
            Self::RangeNotSatisfiable { .. } => Some("range"),
            Self::FileTooLarge(_)
            | Self::TooManyFiles(_)
            | Self::NoFile
            | Self::EmptyFile { .. } => Some("file"),
            Self::Form(FormError::NotMultipart) | Self::BadMediaType => Some("content-type"),
            Self::Option(error) | Self::OptionAgain(error) => Some(error.field()),
            Self::BadField { field, .. } | Self::BadValue { field, .. } => Some(field),
            Self::Tus(error) => error.field(),
            _ => None,
        }
    }

    /// Seconds after which a retry makes sense.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyJobs(_) => Some(60),
            Self::InArchive { reason, .. } => reason.retry_after(),
            Self::Tus(error) => error.retry_after(),
            Self::NotReady(State::Queued | State::Converting)
            | Self::StillConverting
            | Self::AuthUnavailable(_)
            | Self::Files(_)
            | Self::QueueUnavailable(_)
            | Self::UploadInDoubt(_) => Some(RETRY_AFTER),
            _ => None,
        }
    }
}
