//! Reading the body of a request.

use tonearm_web::reply::Reply;

use crate::Error;

/// What a reader needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// More of the body.
    NeedMore,
    /// Nothing: [`BodyReader::finish`] has to be called.
    Complete,
}

/// Consumes the body of a request piece by piece. After an error it has removed
/// everything that it stored, and must not be used again.
pub trait BodyReader {
    /// Takes the next piece of the body.
    fn push(&mut self, piece: Vec<u8>) -> Result<Progress, Error>;

    /// Takes the end of the body.
    fn end(&mut self) -> Result<Progress, Error>;

    /// Handles a body that was interrupted, for the given reason.
    fn interrupt(&mut self, reason: String) -> Error;

    /// Carries out the request.
    fn finish(self: Box<Self>) -> Result<Reply, Error>;
}
