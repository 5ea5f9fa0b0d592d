//! The kinds of problems of the API: status, stable code and title.

use tonearm_problem::Problem;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct ProblemKind {
    /// The status of the response.
    pub status: u16,
    /// The code that programs match on.
    pub code: &'static str,
    /// A summary of the kind.
    pub title: &'static str,
}

impl ProblemKind {
    /// A problem of this kind.
    pub fn problem(&self) -> Problem {
        Problem::new(self.status, self.code, self.title)
    }
}

macro_rules! problem_kinds {
    ($($name:ident: $status:literal $code:literal $title:literal,)*) => {
        $(pub(crate) const $name: ProblemKind = ProblemKind {
            status: $status,
            code: $code,
            title: $title,
        };)*

        /// All kinds. The tests have a request for each.
        pub const ALL: &[ProblemKind] = &[$($name),*];
    };
}

problem_kinds! {
    BAD_FIELD: 400 "bad_field" "Bad field",
    BAD_FORM: 400 "bad_form" "Malformed form",
    BAD_HEADER: 400 "bad_header" "Bad header",
    BAD_OPTION: 400 "bad_option" "Bad option",
    BAD_PARAMETER: 400 "bad_parameter" "Bad parameter",
    BODY_INCOMPLETE: 400 "body_incomplete" "Body incomplete",
    EMPTY_FILE: 400 "empty_file" "Empty file",
    NO_FILE: 400 "no_file" "No file",
    UNKNOWN_OPTION: 400 "unknown_option" "Unknown option",
    TOKEN_EXPIRED: 401 "token_expired" "Token expired",
    TOKEN_INVALID: 401 "token_invalid" "Token invalid",
    TOKEN_MISSING: 401 "token_missing" "Token missing",
    TOKEN_REVOKED: 401 "token_revoked" "Token revoked",
    CROSS_SITE_REQUEST: 403 "cross_site_request" "Cross-site request",
    UPLOAD_IS_FINAL: 403 "upload_is_final" "Upload is final",
    NO_SUCH_DEAD_LETTER: 404 "no_such_dead_letter" "No such dead letter",
    NO_SUCH_JOB: 404 "no_such_job" "No such job",
    NO_SUCH_UPLOAD: 404 "no_such_upload" "No such upload",
    NOT_FOUND: 404 "not_found" "Not found",
    METHOD_NOT_ALLOWED: 405 "method_not_allowed" "Method not allowed",
    UPLOAD_TOO_SLOW: 408 "upload_too_slow" "Upload too slow",
    JOB_FAILED: 409 "job_failed" "Job failed",
    NOT_READY: 409 "not_ready" "Not ready",
    PARTIALS_INCOMPLETE: 409 "partials_incomplete" "Partial uploads incomplete",
    STILL_CONVERTING: 409 "still_converting" "Still converting",
    VIDEO_GONE: 409 "video_gone" "Video gone",
    WRONG_OFFSET: 409 "wrong_offset" "Wrong offset",
    MP3_EXPIRED: 410 "mp3_expired" "MP3 expired",
    TOO_MANY_PIECES: 410 "too_many_pieces" "Too many pieces",
    UNSUPPORTED_VERSION: 412 "unsupported_version" "Unsupported version",
    BODY_TOO_LARGE: 413 "body_too_large" "Body too large",
    FILE_TOO_LARGE: 413 "file_too_large" "File too large",
    TOO_MANY_FILES: 413 "too_many_files" "Too many files",
    BAD_MEDIA_TYPE: 415 "bad_media_type" "Bad media type",
    NOT_MULTIPART: 415 "not_multipart" "Not multipart/form-data",
    WRONG_MEDIA_TYPE: 415 "wrong_media_type" "Wrong media type",
    RANGE_NOT_SATISFIABLE: 416 "range_not_satisfiable" "Range not satisfiable",
    UPLOAD_LOCKED: 423 "upload_locked" "Upload locked",
    TOO_MANY_JOBS: 429 "too_many_jobs" "Too many jobs",
    CHECKSUM_MISMATCH: 460 "checksum_mismatch" "Checksum mismatch",
    INTERNAL: 500 "internal" "Internal error",
    MISCONFIGURED: 500 "misconfigured" "Misconfigured",
    AUTH_UNAVAILABLE: 503 "auth_unavailable" "Accounts unavailable",
    FILES_UNAVAILABLE: 503 "files_unavailable" "File store unavailable",
    QUEUE_UNAVAILABLE: 503 "queue_unavailable" "Queue unavailable",
    UPLOAD_IN_DOUBT: 503 "upload_in_doubt" "Upload in doubt",
}
