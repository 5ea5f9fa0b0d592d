//! `GET /download/zip?fid=ID&fid=ID…`: several MP3s as one ZIP.
//!
//! The archive is a stream, and its length is known before: files are stored, not compressed.
//! Each is read twice, since its checksum stands in front of it.

use std::io::Read;

use http::Method;
use tonearm_blobs::{BlobName, Reader};
use tonearm_jobs::rfc3339;
use tonearm_tokens::Claims;
use tonearm_web::zip::{Archive, Entry};
use tonearm_web::{disposition, file_name, reply};

use super::{Body, Download, PIECE, available};
use crate::answer::{Answer, Call};
use crate::token_watch::TokenWatch;
use crate::{Error, Platform, jobs, parameters, platform};

/// Finds all MP3s, and answers with an archive of them or why one is missing.
pub(crate) fn open<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let (queue, now_ms) = (call.platform.queue()?, platform::unix_millis(call.platform));
    let files = call.platform.files()?;
    let mut entries = Vec::new();
    let mut blobs = Vec::new();
    for id in parameters::fids(call.head)? {
        let find = || {
            let job = jobs::find(&queue, &id, &user.sub)?;
            let mp3 = available(&job, now_ms)?;
            let blob = BlobName::new(&mp3.blob).ok_or(Error::Mp3Expired)?;
            let reader = Reader::open(files, blob.clone())?.ok_or(Error::Mp3Expired)?;
            let entry = Entry {
                name: file_name::mp3(&job.name),
                bytes: reader.manifest().bytes,
                modified: job.created_ms / 1000,
            };
            Ok((entry, blob))
        };
        let (entry, blob) = find().map_err(|reason: Error| Error::InArchive {
            id: id.clone(),
            reason: Box::new(reason),
        })?;
        entries.push(entry);
        blobs.push(blob);
    }
    let archive = Archive::new(entries);
    let length = archive.length();
    let reply = reply::bytes(200, "application/zip", Vec::new());
    let mut day = rfc3339(now_ms);
    day.truncate("YYYY-MM-DD".len());
    let name = disposition::attachment(&format!("tonearm-{day}.zip"));
    let reply = reply::with(reply, "content-disposition", &name);
    let reply = reply::with(reply, "cache-control", "no-store");
    if *call.head.method() == Method::HEAD {
        let reply = reply::with(reply, "content-length", &length.to_string());
        return Ok(Answer::Complete(reply));
    }
    let stream = Stream {
        files,
        token: TokenWatch::new(call.platform, user),
        archive,
        blobs: blobs.into_iter().enumerate(),
        file: None,
        has_ended: false,
    };
    Ok(Answer::Download(Box::new(Download {
        head: reply.map(|_| ()),
        remaining: length,
        body: Body::Archive(Box::new(stream)),
    })))
}

pub(super) struct Stream<'p, P: Platform> {
    files: &'p P::Files,
    token: TokenWatch<'p, P>,
    archive: Archive,
    /// The files that have not begun.
    blobs: std::iter::Enumerate<std::vec::IntoIter<BlobName>>,
    /// The file that is being sent.
    file: Option<Reader<&'p P::Files>>,
    has_ended: bool,
}

impl<P: Platform> Stream<'_, P> {
    pub(super) fn next_piece(&mut self) -> Option<Vec<u8>> {
        if self.has_ended {
            return None;
        }
        let piece = self.read().unwrap_or_else(|error| {
            eprintln!("download of an archive: {error}");
            None
        });
        self.has_ended |= piece.is_none();
        piece
    }

    fn read(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if !self.token.may_continue() {
            return Ok(None);
        }
        if let Some(reader) = &mut self.file {
            let piece = read_piece(reader)?;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
            self.file = None;
        }
        let Some((number, blob)) = self.blobs.next() else {
            self.has_ended = true;
            return Ok(Some(self.archive.end()));
        };
        let open = || Reader::open(self.files, blob.clone())?.ok_or(Error::Mp3Expired);
        let mut reader = open()?;
        let mut checksum = crc32fast::Hasher::new();
        loop {
            let piece = read_piece(&mut reader)?;
            if piece.is_empty() {
                break;
            }
            if !self.token.may_continue() {
                return Ok(None);
            }
            checksum.update(&piece);
        }
        self.file = Some(open()?);
        Ok(Some(self.archive.header(number, checksum.finalize())))
    }
}

fn read_piece(reader: &mut impl Read) -> Result<Vec<u8>, Error> {
    let mut piece = vec![0; PIECE];
    let count = reader.read(&mut piece).map_err(|error| {
        Error::Files(tonearm_blobs::BlobError::Store {
            key: "an MP3".to_owned(),
            reason: error.to_string(),
        })
    })?;
    piece.truncate(count);
    Ok(piece)
}
