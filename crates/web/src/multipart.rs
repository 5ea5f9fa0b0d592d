//! `multipart/form-data` (RFC 7578), parsed piece by piece.
//!
//! The parser is `multer`, which reads its source as long as bytes are ready and would
//! hold a fast upload in memory. Here it gets one piece at a time: [`Form::next`]
//! requests it with [`Event::NeedMore`], and the caller reads it from the network.
//! Memory is bounded by the size of a piece and by [`MAX_HEADER_BYTES`].

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use multer::bytes::Bytes;
use multer::{Field, Multipart};

/// Most bytes between two parts, or of the headers of a part: a name, a file name and a
/// media type. Browsers stay below one kilobyte.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// The next event of a form.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// None before more bytes are [pushed](Form::push) or the body [ends](Form::end).
    NeedMore,
    /// A part begins.
    Part {
        /// The field's name.
        name: Option<String>,
        /// The file's name; `None` for a text field.
        file_name: Option<String>,
        /// The media type, if the part has one.
        media_type: Option<String>,
    },
    /// Bytes of the part, not empty.
    Data(Bytes),
    /// The part is complete.
    PartEnd,
    /// The form is complete. Any bytes after it are ignored.
    End,
}

/// Why a body is not a form.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// `Content-Type` is another media type.
    #[error("the Content-Type is not multipart/form-data")]
    NotMultipart,
    /// `Content-Type` has no valid boundary.
    #[error("the Content-Type has no boundary")]
    NoBoundary,
    /// The body ends before the form does.
    #[error("the form ends before its closing boundary")]
    Incomplete,
    /// The headers of a part are too long or malformed.
    #[error("a part's head cannot be read: {0}")]
    BadHeader(String),
}

/// Pieces that `multer` has not read.
#[derive(Debug, Default)]
struct Input {
    pieces: VecDeque<Bytes>,
    ended: bool,
}

struct InputStream(Arc<Mutex<Input>>);

impl Stream for InputStream {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut input = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match input.pieces.pop_front() {
            Some(piece) => Poll::Ready(Some(Ok(piece))),
            None if input.ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A form that is being read.
#[derive(Debug)]
pub struct Form {
    input: Arc<Mutex<Input>>,
    multipart: Multipart<'static>,
    part: Option<Field<'static>>,
    /// Bytes pushed since the last event.
    pending_bytes: usize,
}

impl Form {
    /// A form in a body with this `Content-Type`.
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
        let input = Arc::new(Mutex::new(Input::default()));
        let multipart = Multipart::new(InputStream(Arc::clone(&input)), boundary);
        Ok(Self {
            input,
            multipart,
            part: None,
            pending_bytes: 0,
        })
    }

    /// Adds the next bytes of the body.
    pub fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.pending_bytes += bytes.len();
        self.input
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pieces
            .push_back(bytes);
    }

    /// Marks the end of the body.
    pub fn end(&mut self) {
        self.input
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ended = true;
    }

    /// The next event.
    #[expect(clippy::should_implement_trait, reason = "it does not end with None")]
    pub fn next(&mut self) -> Result<Event, FormError> {
        let mut context = Context::from_waker(Waker::noop());
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
                Poll::Pending if self.pending_bytes > MAX_HEADER_BYTES => {
                    return Err(FormError::BadHeader(format!(
                        "longer than {MAX_HEADER_BYTES} bytes"
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
        self.pending_bytes = 0;
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
            other => Self::BadHeader(other.to_string()),
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

    /// The events of `body`, read in pieces of this length, with adjacent data joined.
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
    fn a_form_is_parsed_alike_in_pieces_of_any_size() {
        let whole = read(BODY, BODY.len()).unwrap();
        insta::assert_debug_snapshot!(whole);
        for piece in 1..BODY.len() {
            assert_eq!(read(BODY, piece).unwrap(), whole, "pieces of {piece}");
        }
    }

    #[test]
    fn a_truncated_form_is_incomplete() {
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
    fn endless_headers_are_refused() {
        let mut body = b"--x\r\nContent-Disposition: ".to_vec();
        body.resize(3 * MAX_HEADER_BYTES, b'a');
        assert!(matches!(read(&body, 4096), Err(FormError::BadHeader(_))));
        assert!(matches!(
            read(&vec![b'a'; 3 * MAX_HEADER_BYTES], 4096),
            Err(FormError::BadHeader(_))
        ));
    }

    #[test]
    fn at_most_one_piece_is_buffered() {
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
    fn other_media_types_are_refused() {
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
        fn any_body_is_parsed_without_panic(
            body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
            piece in 1usize..40,
        ) {
            let mut with_start = b"--x\r\n".to_vec();
            with_start.extend(&body);
            let _ = (read(&body, piece), read(&with_start, piece));
        }
    }
}
