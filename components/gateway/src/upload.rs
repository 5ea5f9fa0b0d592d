//! `POST /upload`: files in, jobs out.
//!
//! Files are stored as they come in; a job is made of each only when all have.
//! Until then each blob is staged as litter, so that whatever goes wrong, and
//! whoever dies, nothing is left behind.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use spin_sdk::http::IncomingRequest;
use tonearm_api::view::JobView;
use tonearm_blobs::{BlobName, delete};
use tonearm_jobs::{Accepted, JobId, Jobs, NewJob, Uploader};
use tonearm_options::Options;
use tonearm_problem::Problem;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::queue::{self, Connected};
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};
use tonearm_web::multipart::{Event, Form, FormError};
use tonearm_web::{file_name, trace};

use crate::accepting;
use crate::error::Error;
use crate::incoming_file::IncomingFile;
use crate::limits::Limits;
use crate::options::{self, Incoming};
use crate::session;

/// How long an upload may stand still before it is litter.
const STAGED: Duration = Duration::from_secs(15 * 60);
/// How often a running upload says that it is alive.
const RESTAGE: Duration = Duration::from_secs(60);

/// Stores the files of the form and makes jobs of them, all or none.
pub async fn accept(head: &Head, body: &mut Option<IncomingRequest>) -> Result<Reply, Error> {
    let claims = session::require(head)?;
    let limits = Limits::load()?;
    let form = Form::new(request::header(head, "content-type").unwrap_or_default())?;
    let options = Incoming::new(head)?;
    let jobs = queue::open()?;
    // Better to say so before the bytes come in than after.
    if jobs.active(&claims.sub)? >= limits.active_jobs {
        return Err(Error::TooManyJobs(limits.active_jobs));
    }
    let files = Files::open()?;
    let uploader = Uploader {
        owner: claims.sub,
        username: claims.username,
        traceparent: trace::parent(request::header(head, "traceparent")),
    };
    // The body is taken only now: what was refused above is read to no purpose.
    let incoming = body.take().ok_or(FormError::Incomplete)?;
    let mut upload = Upload {
        jobs,
        files: &files,
        limits,
        form,
        options,
        file: None,
        stored: Vec::new(),
        staged_at: Instant::now(),
    };
    let result = match upload.receive(incoming).await {
        Ok(()) => upload.queue(&uploader),
        Err(error) => Err(error),
    };
    match &result {
        // It is all there or will be swept: each is whole.
        Ok(_) | Err(Error::InDoubt(_)) => {}
        Err(_) => upload.undo(&uploader.owner),
    }
    result
}

struct Upload<'u> {
    jobs: Jobs<Connected>,
    files: &'u Files,
    limits: Limits,
    form: Form,
    /// The options so far.
    options: Incoming,
    /// The file coming in, the last of `stored`.
    file: Option<IncomingFile<'u>>,
    /// The files so far.
    stored: Vec<NewJob>,
    /// When their blobs were last staged.
    staged_at: Instant,
}

impl<'u> Upload<'u> {
    /// Reads the whole form and stores its files.
    async fn receive(&mut self, incoming: IncomingRequest) -> Result<(), Error> {
        let mut body = std::pin::pin!(incoming.into_body_stream());
        loop {
            match self.advance() {
                Ok(More::Needed) => match body.next().await {
                    Some(Ok(piece)) => self.form.push(piece),
                    Some(Err(error)) => return Err(Error::BrokenBody(error.to_debug_string())),
                    None => self.form.end(),
                },
                Ok(More::Done) => return Ok(()),
                Err(error) => {
                    // Read on for a while, so that the client gets to see why.
                    let mut left = crate::DRAIN;
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

    /// Takes from the form what it has.
    fn advance(&mut self) -> Result<More, Error> {
        loop {
            match self.form.next()? {
                Event::NeedMore => return Ok(More::Needed),
                Event::Part {
                    name,
                    file_name,
                    media_type,
                } => {
                    let name = name.as_deref();
                    match file_name {
                        None => self.options.begin(name)?,
                        Some(file_name) => {
                            options::refuse_file(name)?;
                            self.begin(&file_name, media_type.as_deref())?;
                        }
                    }
                }
                // A part is a file or an option: the other takes no notice.
                Event::Data(bytes) => {
                    self.options.push(&bytes)?;
                    self.write(&bytes)?;
                }
                Event::PartEnd => {
                    self.options.end()?;
                    self.complete()?;
                }
                Event::End if self.stored.is_empty() => {
                    return Err(Problem::new(400, "no_file", "No file")
                        .detail("The form has no file: curl -F 'file=@video.mp4'.")
                        .field("file")
                        .into());
                }
                Event::End => {
                    let options = self.options.settle()?;
                    for file in &mut self.stored {
                        file.options = options.clone();
                    }
                    return Ok(More::Done);
                }
            }
        }
    }

    fn begin(&mut self, given_name: &str, media_type: Option<&str>) -> Result<(), Error> {
        if self.stored.len() >= self.limits.files {
            return Err(Error::TooManyFiles(self.limits.files));
        }
        let id = JobId::generate();
        let blob = format!("video/{id}");
        let name = BlobName::new(blob.clone()).ok_or(Error::Gone)?;
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
        if self.staged_at.elapsed() > RESTAGE {
            self.stage()?;
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<(), Error> {
        let (Some(incoming), Some(file)) = (self.file.take(), self.stored.last_mut()) else {
            return Ok(());
        };
        if incoming.written() == 0 {
            return Err(Problem::new(400, "empty_file", "Empty file")
                .detail(format!(
                    "The file {:?} is empty. Nothing was kept.",
                    file.name
                ))
                .field("file")
                .into());
        }
        file.bytes = incoming.finish(&file.media_type)?.bytes;
        Ok(())
    }

    /// Makes the blobs litter after a while, unless this is called again or
    /// the jobs are accepted.
    fn stage(&mut self) -> Result<(), Error> {
        let blobs: Vec<_> = self.stored.iter().map(|file| file.blob.as_str()).collect();
        self.jobs.stage(&blobs, STAGED)?;
        self.staged_at = Instant::now();
        Ok(())
    }

    fn queue(&mut self, uploader: &Uploader) -> Result<Reply, Error> {
        let most = self.limits.active_jobs;
        match accepting::accept(&mut self.jobs, uploader, &self.stored, most)? {
            Accepted::All => {}
            Accepted::TooManyActive => return Err(Error::TooManyJobs(self.limits.active_jobs)),
            Accepted::TooLate => return Err(Error::TooLate),
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or_default();
        let views: Vec<_> = self
            .stored
            .iter()
            .map(|file| JobView::queued(file, uploader, now_ms))
            .collect();
        for file in &self.stored {
            println!(
                "accepted {} ({} bytes) traceparent={}",
                file.id, file.bytes, uploader.traceparent
            );
        }
        let reply = reply::json(202, &UploadView { jobs: views });
        Ok(match self.stored.as_slice() {
            [one] => reply::with(reply, "location", &format!("/jobs/{}", one.id)),
            _ => reply,
        })
    }

    /// Leaves nothing behind. What fails here is staged still and swept later.
    fn undo(&mut self, owner: &str) {
        if self.jobs.ping().is_err()
            && let Ok(connected) = queue::open()
        {
            self.jobs = connected;
        }
        for file in self.stored.drain(..) {
            if let Err(error) = self.jobs.delete(file.id, owner) {
                eprintln!("undoing the upload of {}: {error}", file.id);
            }
            let Some(name) = BlobName::new(file.blob.clone()) else {
                continue;
            };
            let result = delete(self.files, &name)
                .map_err(Error::from)
                .and_then(|()| {
                    self.jobs.forget_blob(&file.blob)?;
                    Ok(())
                });
            if let Err(error) = result {
                eprintln!("undoing the upload of {}: {error}", file.id);
            }
        }
    }
}

/// The answer to an upload.
#[derive(serde::Serialize)]
struct UploadView {
    jobs: Vec<JobView>,
}

/// What an upload waits for.
enum More {
    /// More of the body.
    Needed,
    /// Nothing: the form is complete.
    Done,
}
