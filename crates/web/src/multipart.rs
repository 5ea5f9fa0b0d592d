//! `multipart/form-data` (RFC 7578), fed piece by piece.
//!
//! The parser is `multer`, which by itself reads its source for as long as
//! bytes are ready, and so takes a fast upload into memory whole. Here it never
//! sees more than one piece at a time: [`Form::next`] asks for it with
//! [`Event::NeedMore`], the caller awaits it from the network and hands it
//! over. Memory is bounded by the piece and by [`LONGEST_HEAD`].

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use multer::bytes::Bytes;
use multer::{Field, Multipart};

/// Most bytes between two parts or of one part's head. A head has a name, a
/// file name and a media type; browsers stay below one kilobyte.
pub const LONGEST_HEAD: usize = 64 * 1024;

/// What comes next of a form.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing before more bytes are [pushed](Form::push), or the
    /// [end](Form::end) is told.
    NeedMore,
    /// A part begins.
    Part {
        /// The field's name.
        name: Option<String>,
        /// The file's name, where it is a file.
        file_name: Option<String>,
        /// The media type, where it is told.
        media_type: Option<String>,
    },
    /// Bytes of the part, not empty.
    Data(Bytes),
    /// The part is complete.
    PartEnd,
    /// The form is complete. What follows it does not matter.
    End,
}

/// Why a body is no form.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// `Content-Type` is something else.
    #[error("the Content-Type is not multipart/form-data")]
    NotMultipart,
    /// `Content-Type` has no boundary, or none that can be read.
    #[error("the Content-Type has no boundary")]
    NoBoundary,
    /// The body ends before the form does.
    #[error("the form ends before its closing boundary")]
    Incomplete,
    /// A part's head is too long or cannot be read.
    #[error("a part's head cannot be read: {0}")]
    BadHead(String),
}

/// The pieces on their way to `multer`.
#[derive(Debug, Default)]
struct Feed {
    pieces: VecDeque<Bytes>,
    ended: bool,
}

struct FeedStream(Arc<Mutex<Feed>>);

impl Stream for FeedStream {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut feed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match feed.pieces.pop_front() {
            Some(piece) => Poll::Ready(Some(Ok(piece))),
            None if feed.ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A form being read.
#[derive(Debug)]
pub struct Form {
    feed: Arc<Mutex<Feed>>,
    multipart: Multipart<'static>,
    part: Option<Field<'static>>,
    /// Bytes pushed since something last came of them.
    unanswered: usize,
}

impl Form {
    /// A form in a body of this `Content-Type`.
    pub fn new(content_type: &str) -> Result<Self, FormError> {
        let media_type = content_type.split(';').next().unwrap_or_default();
        if !media_type
            .trim()
            .eq_ignore_ascii_case("multipart/form-data")
        {
            return Err(FormError::NotMultipart);
        }
        let boundary = multer::parse_boundary(content_type)
            .ok()
            .filter(|boundary| !boundary.is_empty())
            .ok_or(FormError::NoBoundary)?;
        let feed = Arc::new(Mutex::new(Feed::default()));
        let multipart = Multipart::new(FeedStream(Arc::clone(&feed)), boundary);
        Ok(Self {
            feed,
            multipart,
            part: None,
            unanswered: 0,
        })
    }

    /// Hands over the next bytes of the body.
    pub fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.unanswered += bytes.len();
        self.feed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pieces
            .push_back(bytes);
    }

    /// Tells that the body has ended.
    pub fn end(&mut self) {
        self.feed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ended = true;
    }

    /// What comes next.
    #[expect(clippy::should_implement_trait, reason = "it does not end with None")]
    pub fn next(&mut self) -> Result<Event, FormError> {
        let mut context = Context::from_waker(Waker::noop());
        // A whole piece may be pushed on top of a head that is nearly too long.
        let event = match &mut self.part {
            Some(part) => match Pin::new(part).poll_next(&mut context) {
                Poll::Pending => return Ok(Event::NeedMore),
                Poll::Ready(Some(Ok(bytes))) if bytes.is_empty() => return self.next(),
                Poll::Ready(Some(Ok(bytes))) => Event::Data(bytes),
                Poll::Ready(Some(Err(error))) => return Err(error.into()),
                Poll::Ready(None) => {
                    self.part = None;
                    Event::PartEnd
                }
            },
            None => match self.multipart.poll_next_field(&mut context) {
                Poll::Pending if self.unanswered > LONGEST_HEAD => {
                    return Err(FormError::BadHead(format!(
                        "longer than {LONGEST_HEAD} bytes"
                    )));
                }
                Poll::Pending => return Ok(Event::NeedMore),
                Poll::Ready(Ok(None)) => Event::End,
                Poll::Ready(Ok(Some(part))) => {
                    let event = Event::Part {
                        name: part.name().map(str::to_owned),
                        file_name: part.file_name().map(str::to_owned),
                        media_type: part.content_type().map(ToString::to_string),
                    };
                    self.part = Some(part);
                    event
                }
                Poll::Ready(Err(error)) => return Err(error.into()),
            },
        };
        self.unanswered = 0;
        Ok(event)
    }
}

impl From<multer::Error> for FormError {
    fn from(error: multer::Error) -> Self {
        use multer::Error as E;
        match error {
            E::IncompleteFieldData { .. } | E::IncompleteHeaders | E::IncompleteStream => {
                Self::Incomplete
            }
            other => Self::BadHead(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=x";
    const BODY: &[u8] = b"preamble\r\n--x\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a b.mp4\"\r\n\
        Content-Type: video/mp4\r\n\r\n\
        one\r\n--y\r\n-\r\n--x \r\n\
        Content-Disposition: form-data; name=\"note\"\r\n\r\n\r\n--x--\r\nepilogue";

    /// Reads `body` in pieces and tells the events, data joined.
    fn read(body: &[u8], piece: usize) -> Result<Vec<String>, FormError> {
        let mut form = Form::new(TYPE)?;
        let mut pieces = body.chunks(piece.max(1));
        let (mut events, mut data) = (Vec::new(), Vec::new());
        loop {
            match form.next()? {
                Event::NeedMore => match pieces.next() {
                    Some(piece) => form.push(piece.to_vec()),
                    None => form.end(),
                },
                Event::Data(bytes) => data.extend_from_slice(&bytes),
                Event::PartEnd => {
                    events.push(String::from_utf8_lossy(&std::mem::take(&mut data)).into_owned());
                }
                Event::End => return Ok(events),
                part => events.push(format!("{part:?}")),
            }
        }
    }

    #[test]
    fn however_it_is_cut_a_form_reads_the_same() {
        let whole = read(BODY, BODY.len()).unwrap();
        insta::assert_debug_snapshot!(whole);
        for piece in 1..BODY.len() {
            assert_eq!(read(BODY, piece).unwrap(), whole, "pieces of {piece}");
        }
    }

    #[test]
    fn a_form_that_breaks_off_is_incomplete_wherever() {
        let end = BODY.len() - "--\r\nepilogue".len();
        for length in 0..end {
            assert_eq!(
                read(&BODY[..length], 7),
                Err(FormError::Incomplete),
                "after {length}"
            );
        }
    }

    #[test]
    fn an_endless_head_is_refused() {
        let mut body = b"--x\r\nContent-Disposition: ".to_vec();
        body.resize(3 * LONGEST_HEAD, b'a');
        assert!(matches!(read(&body, 4096), Err(FormError::BadHead(_))));
        assert!(matches!(
            read(&vec![b'a'; 3 * LONGEST_HEAD], 4096),
            Err(FormError::BadHead(_))
        ));
    }

    #[test]
    fn never_more_than_a_piece_is_read_ahead() {
        let mut form = Form::new(TYPE).unwrap();
        form.push(&b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"[..]);
        assert!(matches!(form.next(), Ok(Event::Part { .. })));
        for _ in 0..100 {
            assert_eq!(form.next(), Ok(Event::NeedMore));
            form.push(vec![7u8; 16384]);
            assert_eq!(form.next(), Ok(Event::Data(vec![7u8; 16384].into())));
        }
    }

    #[test]
    fn other_bodies_are_told_apart() {
        let error = |content_type| Form::new(content_type).unwrap_err();
        assert_eq!(error("application/json"), FormError::NotMultipart);
        assert_eq!(error("nonsense"), FormError::NotMultipart);
        assert_eq!(error("multipart/form-data"), FormError::NoBoundary);
        assert_eq!(
            error("multipart/form-data; boundary=\"\""),
            FormError::NoBoundary
        );
    }

    proptest::proptest! {
        #[test]
        fn any_body_ends_somehow(
            body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
            piece in 1usize..40,
        ) {
            let mut with_start = b"--x\r\n".to_vec();
            with_start.extend(&body);
            let _ = (read(&body, piece), read(&with_start, piece));
        }
    }
}
