//! `POST /upload`: stores files and creates their jobs.
//!
//! Files are stored while they arrive. Jobs are created once all of them are stored.
//! Until then each blob is staged, that is, registered for garbage collection:
//! whichever process crashes, nothing is left behind.

mod form_options;
mod incoming_file;
mod repeat;

use std::time::Duration;

use tonearm_blobs::{BlobName, delete};
use tonearm_jobs::{Accepted, JobId, NewJob, Uploader};
use tonearm_options::Options;
use tonearm_tokens::{Claims, TokenError};
use tonearm_web::multipart::{Event, Form};
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::Head;
use tonearm_web::{file_name, request, trace};

use self::form_options::{FormOptions, refuse_file};
pub(crate) use self::incoming_file::IncomingFile;
pub(crate) use self::repeat::{accept as accept_jobs, repeat};
use crate::answer::{Answer, Call};
use crate::limits::Limits;
use crate::token_watch::TokenWatch;
use crate::view::JobView;
use crate::{BodyReader, Error, JobQueue, Platform, Progress, platform};

/// Time after which a stalled upload expires.
pub(crate) const STAGED: Duration = Duration::from_secs(15 * 60);
/// Interval at which a running upload extends that time.
pub(crate) const RESTAGE: Duration = Duration::from_secs(60);

/// Checks everything that is known before the body arrives.
pub(crate) fn accept<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let (platform, head) = (call.platform, call.head);
    let limits = Limits::read(platform)?;
    let form = Form::new(request::header(head, "content-type").unwrap_or_default())?;
    let options = FormOptions::new(platform, head)?;
    let queue = platform.queue()?;
    if queue.active(&user.sub)? >= limits.active_jobs {
        return Err(Error::TooManyJobs(limits.active_jobs));
    }
    Ok(Answer::ReadBody(Box::new(Upload {
        platform,
        queue,
        files: platform.files()?,
        uploader: uploader(head, &user),
        token: TokenWatch::new(platform, user),
        limits,
        form,
        options,
        file: None,
        stored: Vec::new(),
        staged_at: platform.monotonic_time(),
    })))
}

/// The user of an upload, as the queue records it.
pub(crate) fn uploader(head: &Head, user: &Claims) -> Uploader {
    Uploader {
        owner: user.sub.clone(),
        username: user.username.clone(),
        notify: user.confirmed != Some(false),
        is_confirmed: user.confirmed == Some(true),
        traceparent: trace::parent(request::header(head, "traceparent")),
    }
}

struct Upload<'p, P: Platform> {
    platform: &'p P,
    queue: P::Queue,
    files: &'p P::Files,
    uploader: Uploader,
    token: TokenWatch<'p, P>,
    limits: Limits,
    form: Form,
    options: FormOptions,
    /// The file that is being read, the last of `stored`.
    file: Option<IncomingFile<&'p P::Files>>,
    /// The files so far.
    stored: Vec<NewJob>,
    /// When their blobs were last staged, on the monotonic clock.
    staged_at: Duration,
}

impl<P: Platform> BodyReader for Upload<'_, P> {
    fn push(&mut self, piece: Vec<u8>) -> Result<Progress, Error> {
        self.form.push(piece);
        self.advance().inspect_err(|_| self.remove_files())
    }

    fn end(&mut self) -> Result<Progress, Error> {
        self.form.end();
        self.advance().inspect_err(|_| self.remove_files())
    }

    fn interrupt(&mut self, reason: String) -> Error {
        self.remove_files();
        Error::UploadIncomplete(reason)
    }

    fn finish(mut self: Box<Self>) -> Result<Reply, Error> {
        let result = self.create_jobs();
        match &result {
            // In doubt, the files belong to jobs or will expire.
            Ok(_) | Err(Error::UploadInDoubt(_)) => {}
            Err(_) => self.remove_files(),
        }
        result
    }
}

impl<P: Platform> Upload<'_, P> {
    /// Processes what the form has.
    fn advance(&mut self) -> Result<Progress, Error> {
        loop {
            match self.form.next()? {
                Event::NeedMore => return Ok(Progress::NeedMore),
                Event::Part {
                    name,
                    file_name,
                    media_type,
                } => {
                    let name = name.as_deref();
                    match file_name {
                        None => self.options.begin(name)?,
                        Some(file_name) => {
                            refuse_file(name)?;
                            self.begin_file(&file_name, media_type.as_deref())?;
                        }
                    }
                }
                // A part is either a file or an option: one of the two ignores it.
                Event::Data(bytes) => {
                    self.options.push(&bytes)?;
                    self.write(&bytes)?;
                }
                Event::PartEnd => {
                    self.options.end()?;
                    self.end_file()?;
                }
                Event::End if self.stored.is_empty() => return Err(Error::NoFile),
                Event::End => {
                    let options = self.options.resolve()?;
                    for file in &mut self.stored {
                        file.options = options.clone();
                    }
                    return Ok(Progress::Complete);
                }
            }
        }
    }

    fn begin_file(&mut self, given_name: &str, media_type: Option<&str>) -> Result<(), Error> {
        if self.stored.len() >= self.limits.files {
            return Err(Error::TooManyFiles(self.limits.files));
        }
        let id = JobId::generate();
        let blob = format!("video/{id}");
        let name = BlobName::new(blob.clone()).ok_or(Error::Mp3Expired)?;
        self.stored.push(NewJob {
            id,
            name: file_name::clean(given_name),
            media_type: media_type.unwrap_or("application/octet-stream").to_owned(),
            bytes: 0,
            blob,
            options: Options::default(),
        });
        self.stage()?;
        self.file = Some(IncomingFile::new(self.files, name, self.limits.chunk_bytes));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        if file.written() + bytes.len() as u64 > self.limits.file_bytes {
            return Err(Error::FileTooLarge(self.limits.file_bytes));
        }
        file.write(bytes)?;
        let now = self.platform.monotonic_time();
        if now.saturating_sub(self.staged_at) > RESTAGE {
            self.token.check()?;
            self.stage()?;
        }
        Ok(())
    }

    fn end_file(&mut self) -> Result<(), Error> {
        let (Some(incoming), Some(file)) = (self.file.take(), self.stored.last_mut()) else {
            return Ok(());
        };
        if incoming.written() == 0 {
            let name = file.name.clone();
            return Err(Error::EmptyFile { name });
        }
        file.bytes = incoming.finish(&file.media_type)?.bytes;
        Ok(())
    }

    /// Registers the blobs for garbage collection after [`STAGED`], unless this is
    /// called again or the jobs are accepted.
    fn stage(&mut self) -> Result<(), Error> {
        let blobs: Vec<_> = self.stored.iter().map(|file| file.blob.as_str()).collect();
        self.queue.stage(&blobs, STAGED)?;
        self.staged_at = self.platform.monotonic_time();
        Ok(())
    }

    /// Creates the jobs, all or none.
    fn create_jobs(&mut self) -> Result<Reply, Error> {
        let max_active = self.limits.active_jobs;
        let (uploader, files) = (&self.uploader, &self.stored);
        let accepted = accept_jobs(self.platform, &mut self.queue, &self.token, |queue| {
            queue.accept(uploader, files, max_active)
        });
        match accepted? {
            Accepted::All => {}
            Accepted::TooManyActive => return Err(Error::TooManyJobs(max_active)),
            Accepted::TooLate => return Err(Error::UploadTooSlow),
            Accepted::NoSuchOwner => return Err(TokenError::Revoked.into()),
        }
        let now_ms = platform::unix_millis(self.platform);
        let view = |file| JobView::queued(file, &self.uploader, now_ms);
        let jobs = self.stored.iter().map(view).collect();
        for NewJob { id, bytes, .. } in &self.stored {
            let traceparent = &self.uploader.traceparent;
            println!("accepted {id} ({bytes} bytes) traceparent={traceparent}");
        }
        let reply = reply::json(202, &UploadView { jobs });
        Ok(match self.stored.as_slice() {
            [one] => reply::with(reply, "location", &format!("/jobs/{}", one.id)),
            _ => reply,
        })
    }

    /// Deletes the files. Those that cannot be deleted remain staged and expire.
    fn remove_files(&mut self) {
        if self.queue.ping().is_err()
            && let Ok(connected) = self.platform.reconnect()
        {
            self.queue = connected;
        }
        for file in std::mem::take(&mut self.stored) {
            if let Err(error) = self.remove(&file) {
                eprintln!("removing the upload {}: {error}", file.id);
            }
        }
    }

    fn remove(&self, file: &NewJob) -> Result<(), Error> {
        if let Err(error) = self.queue.delete(file.id, &self.uploader.owner) {
            eprintln!("removing the upload {}: {error}", file.id);
        }
        if let Some(name) = BlobName::new(file.blob.clone()) {
            delete(self.files, &name)?;
            self.queue.forget_blob(&file.blob)?;
        }
        Ok(())
    }
}

/// The response to an upload.
#[derive(serde::Serialize)]
struct UploadView {
    jobs: Vec<JobView>,
}
