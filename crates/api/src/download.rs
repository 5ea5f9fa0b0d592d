//! `GET /download?fid=ID`: an MP3, whole or in part.

mod archive;

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use headers::ETag;
use http::{Method, Response, StatusCode, header};
use tonearm_blobs::{BlobName, Reader};
use tonearm_jobs::{Job, Mp3};
use tonearm_tokens::Claims;
use tonearm_web::range::{Content, requested_content};
use tonearm_web::reply::{self, Reply};
use tonearm_web::{disposition, file_name};

use crate::answer::{Answer, Call};
use crate::token_watch::TokenWatch;
use crate::{Error, Platform, jobs, parameters, platform};

pub(crate) use archive::open as open_archive;

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// Bytes of files, ready to be sent.
pub struct Download<'p, P: Platform> {
    head: Response<()>,
    remaining: u64,
    body: Body<'p, P>,
}

enum Body<'p, P: Platform> {
    Part(Box<Part<'p, P>>),
    Archive(Box<archive::Stream<'p, P>>),
}

/// Finds the MP3 and evaluates which of its bytes the client asks for.
pub(crate) fn open<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let fid = parameters::fid(call.head)?;
    let job = jobs::find(&call.platform.queue()?, &fid, &user.sub)?;
    let mp3 = available(&job, platform::unix_millis(call.platform))?;
    let name = BlobName::new(&mp3.blob).ok_or(Error::Mp3Expired)?;
    let reader = Reader::open(call.platform.files()?, name)?.ok_or(Error::Mp3Expired)?;
    let length = reader.manifest().bytes;
    let tag = tag(mp3)?;
    let content = requested_content(call.head.headers(), length, &tag);
    let mut reply = headers_of(&job, tag);
    let range = match content {
        Content::Full => 0..length,
        Content::Partial(range) => {
            *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
            let value = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            reply = reply::with(reply, "content-range", &value);
            range
        }
        Content::NotModified => {
            *reply.status_mut() = StatusCode::NOT_MODIFIED;
            reply.headers_mut().remove(header::CONTENT_TYPE);
            return Ok(Answer::Complete(reply));
        }
        Content::RangeNotSatisfiable => return Err(Error::RangeNotSatisfiable { length }),
    };
    if *call.head.method() == Method::HEAD {
        // The length is that of the body a GET would get (RFC 9110, section 9.3.2).
        let length = (range.end - range.start).to_string();
        let reply = reply::with(reply, "content-length", &length);
        return Ok(Answer::Complete(reply));
    }
    Ok(Answer::Download(Box::new(Download {
        head: reply.map(|_| ()),
        remaining: range.end - range.start,
        body: Body::Part(Box::new(Part {
            reader,
            range,
            token: TokenWatch::new(call.platform, user),
        })),
    })))
}

/// The job's MP3, unless it is not made yet or has expired. It expires at its time,
/// even if garbage collection deletes it later. A job that is converted again has the
/// former one until there is another one.
pub(crate) fn available(job: &Job, now_ms: u64) -> Result<&Mp3, Error> {
    match &job.mp3 {
        Some(_) if job.mp3_expired(now_ms) => Err(Error::Mp3Expired),
        Some(mp3) => Ok(mp3),
        None => Err(Error::NotReady(job.state)),
    }
}

fn headers_of(job: &Job, tag: ETag) -> Reply {
    let reply = reply::bytes(200, "audio/mpeg", Vec::new());
    let reply = reply::with(reply, "accept-ranges", "bytes");
    let name = file_name::mp3(&job.name);
    let reply = reply::with(
        reply,
        "content-disposition",
        &disposition::attachment(&name),
    );
    let mut reply = reply::with(reply, "cache-control", "private, no-cache");
    headers::HeaderMapExt::typed_insert(reply.headers_mut(), tag);
    reply
}

/// Each attempt writes a blob of its own, and blobs never change. The blob's name is
/// therefore a strong tag.
fn tag(mp3: &Mp3) -> Result<ETag, Error> {
    let name = mp3.blob.trim_start_matches("mp3/").replace('/', "-");
    format!("\"{name}\"").parse().map_err(|_| Error::Mp3Expired)
}

impl<P: Platform> Download<'_, P> {
    /// Status and headers of the response.
    pub fn head(&self) -> &Response<()> {
        &self.head
    }

    pub(crate) fn head_mut(&mut self) -> &mut Response<()> {
        &mut self.head
    }

    /// The number of bytes that have not been read.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// The next bytes; `None` at the end, after a failure or once the token is revoked.
    /// Then the body ends before its announced length, which the client notices.
    pub fn next_piece(&mut self) -> Option<Vec<u8>> {
        let piece = match &mut self.body {
            Body::Part(part) => part.next_piece(),
            Body::Archive(stream) => stream.next_piece(),
        }?;
        self.remaining = self.remaining.saturating_sub(piece.len() as u64);
        Some(piece)
    }
}

/// Bytes of one file.
struct Part<'p, P: Platform> {
    reader: Reader<&'p P::Files>,
    range: Range<u64>,
    token: TokenWatch<'p, P>,
}

impl<P: Platform> Part<'_, P> {
    fn next_piece(&mut self) -> Option<Vec<u8>> {
        if self.range.is_empty() || !self.token.may_continue() {
            return None;
        }
        match self.read() {
            Ok(piece) if piece.is_empty() => {
                eprintln!("download: the file ends early");
                None
            }
            Ok(piece) => Some(piece),
            Err(error) => {
                eprintln!("download: {error}");
                None
            }
        }
    }

    fn read(&mut self) -> std::io::Result<Vec<u8>> {
        let left = self.range.end - self.range.start;
        let length = PIECE.min(usize::try_from(left).unwrap_or(PIECE));
        let mut piece = vec![0; length];
        self.reader.seek(SeekFrom::Start(self.range.start))?;
        let count = self.reader.read(&mut piece)?;
        piece.truncate(count);
        self.range.start += count as u64;
        Ok(piece)
    }
}
