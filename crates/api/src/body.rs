//! Reading the body of a request.

use tonearm_web::reply::Reply;

use crate::Error;
use crate::answer::Answer;
use crate::platform::Platform;

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

/// Most bytes of a body that is read whole.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Reads a small body, and answers what `answer` makes of it.
pub(crate) fn read_whole<'p, P: Platform>(
    answer: impl FnOnce(Vec<u8>) -> Result<Reply, Error> + 'p,
) -> Answer<'p, P> {
    Answer::ReadBody(Box::new(Whole {
        body: Vec::new(),
        answer,
    }))
}

struct Whole<F> {
    body: Vec<u8>,
    answer: F,
}

impl<F: FnOnce(Vec<u8>) -> Result<Reply, Error>> BodyReader for Whole<F> {
    fn push(&mut self, piece: Vec<u8>) -> Result<Progress, Error> {
        if self.body.len() + piece.len() > MAX_BODY_BYTES {
            return Err(Error::BodyTooLarge(MAX_BODY_BYTES));
        }
        self.body.extend_from_slice(&piece);
        Ok(Progress::NeedMore)
    }

    fn end(&mut self) -> Result<Progress, Error> {
        Ok(Progress::Complete)
    }

    fn interrupt(&mut self, reason: String) -> Error {
        Error::BodyIncomplete(reason)
    }

    fn finish(self: Box<Self>) -> Result<Reply, Error> {
        (self.answer)(self.body)
    }
}
