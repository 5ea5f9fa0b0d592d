//! A request as a handler receives it, and the ways to answer it.

use tonearm_web::reply::Reply;
use tonearm_web::request::Head;

use crate::{BodyReader, Download, Error, EventStream, Platform};

/// A request and its surroundings, as a handler receives them.
pub struct Call<'p, P: Platform> {
    pub(crate) platform: &'p P,
    pub(crate) head: &'p Head,
    /// The segment of the path that stands for `ID`; empty if the route has none.
    pub(crate) id: &'p str,
}

/// How a request is answered.
pub enum Answer<'p, P: Platform> {
    /// With a complete response.
    Complete(Reply),
    /// After reading the body of the request.
    ReadBody(Box<dyn BodyReader + 'p>),
    /// With bytes of a file.
    Download(Box<Download<&'p P::Files>>),
    /// With a stream of events.
    Events(Box<EventStream<'p, P>>),
}

/// The response for the result of a request. Logs an error of the service.
pub fn respond(head: &Head, result: Result<Reply, Error>) -> Reply {
    result.unwrap_or_else(|error| {
        error.log(head);
        error.reply()
    })
}
