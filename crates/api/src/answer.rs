//! A request as a handler receives it, and the ways to answer it.

use http::HeaderValue;
use tonearm_web::reply::Reply;
use tonearm_web::request::Head;

use crate::{BodyReader, Download, Error, EventStream, Platform, Progress, page, session, tus};

/// A request and its surroundings, as a handler receives them.
pub struct Call<'p, P: Platform> {
    pub(crate) platform: &'p P,
    pub(crate) head: &'p Head,
    /// The segment of the path that stands for `ID`; empty if the route has none.
    pub(crate) id: &'p str,
}

impl<P: Platform> Clone for Call<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Platform> Copy for Call<'_, P> {}

/// How a request is answered.
pub enum Answer<'p, P: Platform> {
    /// With a complete response.
    Complete(Reply),
    /// After reading the body of the request.
    ReadBody(Box<dyn BodyReader + 'p>),
    /// With bytes of a file.
    Download(Box<Download<'p, P>>),
    /// With a stream of events.
    Events(Box<EventStream<'p>>),
}

impl<'p, P: Platform> Answer<'p, P> {
    /// Adds the cookie of a renewed session to the head of the answer, unless the handler
    /// has set or deleted the cookie itself.
    pub(crate) fn with_cookie(self, cookie: HeaderValue) -> Self {
        match self {
            Self::Complete(reply) => Self::Complete(session::with_cookie(reply, cookie)),
            Self::ReadBody(reader) => Self::ReadBody(Box::new(WithCookie { reader, cookie })),
            Self::Download(mut download) => {
                session::add_cookie(download.head_mut(), cookie);
                Self::Download(download)
            }
            Self::Events(mut events) => {
                session::add_cookie(events.head_mut(), cookie);
                Self::Events(events)
            }
        }
    }
}

/// A reader whose response gets a cookie.
struct WithCookie<'p> {
    reader: Box<dyn BodyReader + 'p>,
    cookie: HeaderValue,
}

impl BodyReader for WithCookie<'_> {
    fn push(&mut self, piece: Vec<u8>) -> Result<Progress, Error> {
        self.reader.push(piece)
    }

    fn end(&mut self) -> Result<Progress, Error> {
        self.reader.end()
    }

    fn interrupt(&mut self, reason: String) -> Error {
        self.reader.interrupt(reason)
    }

    fn finish(self: Box<Self>) -> Result<Reply, Error> {
        let reply = self.reader.finish()?;
        Ok(session::with_cookie(reply, self.cookie))
    }
}

/// The response for the result of a request, a page for a browser. Logs an error of the
/// service.
pub fn respond(head: &Head, result: Result<Reply, Error>) -> Reply {
    let reply = result.unwrap_or_else(|error| {
        error.log(head);
        error.reply()
    });
    page::for_client(head, tus::with_version(head, reply))
}
