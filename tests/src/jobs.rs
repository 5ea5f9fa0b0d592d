//! Jobs as a user sees them: uploading, reading, waiting.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::client::{Client, Reply};
use crate::multipart::Form;
use crate::wait;

impl Client {
    /// Uploads a file under its own name and returns the job.
    pub fn upload_file(&self, path: &Path) -> Value {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a plain name");
        let bytes = std::fs::read(path).expect("the file can be read");
        only_job(&self.upload(&Form::file(name, &bytes)))
    }

    /// The current state of the job.
    pub fn job(&self, id: &str) -> Value {
        let reply = self.get(&format!("/jobs/{id}"));
        assert_eq!(reply.status, 200, "{reply}");
        reply.json()
    }

    /// Waits until the job's conversion has succeeded or failed.
    pub fn ended_job(&self, id: &str) -> Value {
        self.ended_job_within(wait::DEADLINE, id)
    }

    /// [`Client::ended_job`] with a deadline of its own.
    pub fn ended_job_within(&self, limit: Duration, id: &str) -> Value {
        self.awaited_job(limit, id, "to end", |job| {
            job["state"] == "done" || job["state"] == "failed"
        })
    }

    /// Waits until the user was sent an email about the job's result.
    pub fn mailed_job(&self, id: &str) -> Value {
        self.awaited_job(wait::DEADLINE, id, "to be mailed", |job| {
            job["mail"]["state"] == "sent"
        })
    }

    fn awaited_job(
        &self,
        limit: Duration,
        id: &str,
        what: &str,
        ready: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut last = Value::Null;
        wait::until_within(limit, &format!("job {id} {what}"), || {
            last = self.job(id);
            ready(&last).then(|| last.clone())
        })
    }

    /// Downloads the MP3 of a finished job.
    pub fn download(&self, id: &str) -> Reply {
        let reply = self.get(&format!("/download?fid={id}"));
        assert_eq!(reply.status, 200, "{reply}");
        reply
    }
}

/// The jobs in the response to an upload.
pub fn jobs_of(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 202, "{reply}");
    reply.json()["jobs"]
        .as_array()
        .expect("a list of jobs")
        .clone()
}

/// The only job in the response to an upload.
pub fn only_job(reply: &Reply) -> Value {
    let jobs = jobs_of(reply);
    assert_eq!(jobs.len(), 1, "{reply}");
    jobs[0].clone()
}

/// The id of a job.
pub fn id(job: &Value) -> &str {
    job["id"]
        .as_str()
        .unwrap_or_else(|| panic!("a job without an id: {job}"))
}
