//! Streams bodies between Spin and the API.

use futures::{SinkExt, StreamExt};
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use tonearm_api::{BodyReader, Download, Error, EventStream, Platform, Progress};
use tonearm_spin_runtime::reply::{self, Reply};

use crate::MAX_DRAINED_BYTES;

/// Feeds the body of a request to its reader.
pub async fn receive(
    mut reader: Box<dyn BodyReader + '_>,
    incoming: IncomingRequest,
) -> Result<Reply, Error> {
    let mut body = std::pin::pin!(incoming.into_body_stream());
    loop {
        let progress = match body.next().await {
            Some(Ok(piece)) => reader.push(piece),
            Some(Err(error)) => return Err(reader.interrupt(error.to_debug_string())),
            None => reader.end(),
        };
        match progress {
            Ok(Progress::NeedMore) => {}
            Ok(Progress::Complete) => return reader.finish(),
            Err(error) => {
                let mut left = MAX_DRAINED_BYTES;
                while left > 0
                    && let Some(Ok(piece)) = body.next().await
                {
                    left = left.saturating_sub(piece.len());
                }
                return Err(error);
            }
        }
    }
}

/// Sends a file until its end, or until the client disconnects.
pub async fn send_download<P: Platform>(mut download: Download<'_, P>, out: ResponseOutparam) {
    let response = reply::start(download.head(), Some(download.remaining()));
    let mut body = response.take_body();
    out.set(response);
    while let Some(piece) = download.next_piece() {
        if body.send(piece).await.is_err() {
            return;
        }
    }
}

/// Sends events until the last, or until the client disconnects.
pub async fn send_events(mut events: EventStream<'_>, out: ResponseOutparam) {
    let response = reply::start(events.head(), None);
    let mut body = response.take_body();
    out.set(response);
    while let Some(piece) = events.next_piece() {
        if body.send(piece).await.is_err() {
            return;
        }
    }
}
