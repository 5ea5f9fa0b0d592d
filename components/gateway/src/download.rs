//! `GET /download?fid=ID`: the MP3, whole or in part.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use futures::SinkExt;
use headers::ETag;
use http::{Method, Response, header};
use spin_sdk::http::ResponseOutparam;
use tonearm_blobs::{BlobName, Reader};
use tonearm_jobs::{Mp3, State};
use tonearm_problem::Problem;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::queue;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};
use tonearm_web::selection::{Selection, select as choose};
use tonearm_web::{disposition, file_name};

use crate::error::Error;
use crate::{Answer, jobs, session};

/// Bytes handed to the runtime at a time.
const PIECE: usize = 64 * 1024;

/// A part of a file, ready to be sent.
pub struct Download {
    head: Response<()>,
    reader: Reader<Files>,
    range: Range<u64>,
}

/// Finds the MP3 and chooses what of it to answer.
pub fn select(head: &Head) -> Result<Answer, Error> {
    let claims = session::require(head)?;
    let fid = request::query(head, "fid").ok_or_else(|| {
        Problem::new(400, "bad_parameter", "Bad parameter")
            .detail("fid must be the id of a job: /download?fid=ID.")
            .field("fid")
    })?;
    let job = jobs::find(&queue::open()?, &fid, &claims.sub)?;
    let mp3 = match (job.state, &job.mp3) {
        (State::Done, Some(mp3)) => mp3,
        (state, _) => return Err(Error::NotReady(state)),
    };
    // Told from its time on and not from the sweep on, whenever that comes.
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    if job.mp3_expired(u64::try_from(now.as_millis()).unwrap_or_default()) {
        return Err(Error::Gone);
    }
    let name = BlobName::new(&mp3.blob).ok_or(Error::Gone)?;
    let reader = Reader::open(Files::open()?, name)?.ok_or(Error::Gone)?;
    let length = reader.manifest().bytes;
    let tag = tag(mp3)?;
    let selection = choose(head.headers(), length, &tag);
    let mut reply = reply::bytes(200, "audio/mpeg", Vec::new());
    for (name, value) in [
        ("accept-ranges", "bytes"),
        (
            "content-disposition",
            &disposition::attachment(&file_name::mp3(&job.name)),
        ),
        ("cache-control", "private, no-cache"),
    ] {
        reply = reply::with(reply, name, value);
    }
    headers::HeaderMapExt::typed_insert(reply.headers_mut(), tag);
    let range = match selection {
        Selection::Whole => 0..length,
        Selection::Part(range) => {
            *reply.status_mut() = http::StatusCode::PARTIAL_CONTENT;
            let value = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            reply = reply::with(reply, "content-range", &value);
            range
        }
        Selection::NotModified => {
            *reply.status_mut() = http::StatusCode::NOT_MODIFIED;
            reply.headers_mut().remove(header::CONTENT_TYPE);
            return Ok(reply.into());
        }
        Selection::Unsatisfiable => return Ok(unsatisfiable(length).into()),
    };
    if *head.method() == Method::HEAD {
        // The length is told although nothing follows (RFC 9110, section 9.3.2).
        let length = (range.end - range.start).to_string();
        return Ok(reply::with(reply, "content-length", &length).into());
    }
    let head = reply.map(|_| ());
    Ok(Answer::File(Box::new(Download {
        head,
        reader,
        range,
    })))
}

/// Each attempt writes a blob of its own and blobs never change, so the blob's
/// name is a strong tag.
fn tag(mp3: &Mp3) -> Result<ETag, Error> {
    format!(
        "\"{}\"",
        mp3.blob.trim_start_matches("mp3/").replace('/', "-")
    )
    .parse()
    .map_err(|_| Error::Gone)
}

fn unsatisfiable(length: u64) -> Reply {
    let problem = Problem::new(416, "range_not_satisfiable", "Range not satisfiable")
        .detail(format!("The file has {length} bytes."))
        .field("range");
    reply::with(
        reply::problem(&problem),
        "content-range",
        &format!("bytes */{length}"),
    )
}

impl Download {
    /// Sends it. A fault on the way breaks the connection off before the
    /// promised length, which is how the client learns of it.
    pub async fn send(mut self, out: ResponseOutparam) {
        let response = reply::start(&self.head, Some(self.range.end - self.range.start));
        let mut body = response.take_body();
        out.set(response);
        if let Err(error) = self.reader.seek(SeekFrom::Start(self.range.start)) {
            return eprintln!("download: {error}");
        }
        let mut left = self.range.end - self.range.start;
        while left > 0 {
            let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
            match self.reader.read(&mut piece) {
                Ok(0) => return eprintln!("download: the file ends early"),
                Ok(count) => piece.truncate(count),
                Err(error) => return eprintln!("download: {error}"),
            }
            left -= piece.len() as u64;
            // The client has gone: nobody to tell.
            if body.send(piece).await.is_err() {
                return;
            }
        }
    }
}
