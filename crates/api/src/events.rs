//! Server-sent events (HTML, section 9.2): the changes of a job, or of all jobs of a user.
//!
//! | route | events |
//! |---|---|
//! | `GET /jobs/ID/events` | those of [`one_job`] |
//! | `GET /events` | those of [`all_jobs`] |
//!
//! A stream ends when its token has expired or is revoked, when the queue fails, and after an
//! hour. Clients reconnect on their own.

mod all_jobs;
mod one_job;

use std::time::Duration;

use http::{Method, Response};
use tonearm_tokens::Claims;
use tonearm_web::reply;

use crate::answer::{Answer, Call};
use crate::token_watch::TokenWatch;
use crate::{Error, JobQueue, Platform};

pub(crate) use all_jobs::open as open_all;
pub(crate) use one_job::open;

/// Time after which a comment keeps proxies from closing a quiet connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Time after which the stream ends.
const MAX_DURATION: Duration = Duration::from_secs(3600);

/// What a stream is about.
trait Feed<Q: JobQueue> {
    /// Time between two queries.
    const INTERVAL: Duration;

    /// Asks the queue what is new. `is_first` is the query before the first pause.
    fn poll(&mut self, queue: &Q, is_first: bool) -> Result<News, Error>;
}

/// What is new.
struct News {
    /// Events; empty if there are none.
    text: String,
    /// Whether no event can follow.
    is_last: bool,
}

/// Events of jobs. Reading them blocks until there is one.
pub struct EventStream<'p> {
    head: Response<()>,
    pieces: Box<dyn Iterator<Item = Vec<u8>> + 'p>,
}

impl EventStream<'_> {
    /// Status and headers of the response.
    pub fn head(&self) -> &Response<()> {
        &self.head
    }

    pub(crate) fn head_mut(&mut self) -> &mut Response<()> {
        &mut self.head
    }

    /// Waits for the next events or comment; `None` ends the stream. After an error
    /// the stream ends, and the client learns the reason when it reconnects.
    pub fn next_piece(&mut self) -> Option<Vec<u8>> {
        self.pieces.next()
    }
}

/// Answers with the stream of `feed`; a HEAD request, with its head.
fn answer<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
    queue: P::Queue,
    feed: impl Feed<P::Queue> + 'p,
) -> Answer<'p, P> {
    let reply = reply::bytes(200, "text/event-stream", Vec::new());
    let reply = reply::with(reply, "cache-control", "no-store");
    if *call.head.method() == Method::HEAD {
        return Answer::Complete(reply);
    }
    let now = call.platform.monotonic_time();
    let mut stream = Stream {
        platform: call.platform,
        queue,
        feed,
        token: TokenWatch::new(call.platform, user),
        started: now,
        last_sent: now,
        is_first: true,
        has_ended: false,
    };
    Answer::Events(Box::new(EventStream {
        head: reply.map(|_| ()),
        pieces: Box::new(std::iter::from_fn(move || stream.next_piece())),
    }))
}

struct Stream<'p, P: Platform, F> {
    platform: &'p P,
    queue: P::Queue,
    feed: F,
    token: TokenWatch<'p, P>,
    started: Duration,
    last_sent: Duration,
    is_first: bool,
    has_ended: bool,
}

impl<P: Platform, F: Feed<P::Queue>> Stream<'_, P, F> {
    fn next_piece(&mut self) -> Option<Vec<u8>> {
        while !self.has_ended {
            if !self.is_first {
                let now = self.platform.monotonic_time();
                if now.saturating_sub(self.started) > MAX_DURATION {
                    return None;
                }
                if now.saturating_sub(self.last_sent) > KEEP_ALIVE {
                    self.last_sent = now;
                    return Some(b": still here\n\n".to_vec());
                }
                self.platform.sleep(F::INTERVAL);
                if self.token.has_expired() || !self.token.may_continue() {
                    return None;
                }
            }
            match self
                .feed
                .poll(&self.queue, std::mem::take(&mut self.is_first))
            {
                Ok(news) => {
                    self.has_ended = news.is_last;
                    if !news.text.is_empty() {
                        self.last_sent = self.platform.monotonic_time();
                        return Some(news.text.into_bytes());
                    }
                }
                Err(error) => {
                    eprintln!("events: {error}");
                    return None;
                }
            }
        }
        None
    }
}

fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
