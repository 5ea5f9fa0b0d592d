//! Jobs as a user sees them: uploaded, watched, awaited.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::client::{Client, Reply};
use crate::multipart::Form;
use crate::wait;

impl Client {
    /// Uploads a file under its own name; returns the job.
    pub fn upload_file(&self, path: &Path) -> Value {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a plain name");
        let bytes = std::fs::read(path).expect("the file can be read");
        only_job(&self.upload(&Form::file(name, &bytes)))
    }

    /// The job as it is now.
    pub fn job(&self, id: &str) -> Value {
        let reply = self.get(&format!("/jobs/{id}"));
        assert_eq!(reply.status, 200, "{reply}");
        reply.json()
    }

    /// Waits until the job's conversion has ended, well or not.
    pub fn ended_job(&self, id: &str) -> Value {
        self.ended_job_within(wait::DEADLINE, id)
    }

    /// [`Client::ended_job`] for a job that takes its time.
    pub fn ended_job_within(&self, limit: Duration, id: &str) -> Value {
        self.awaited_job(limit, id, "to end", |job| {
            job["state"] == "done" || job["state"] == "failed"
        })
    }

    /// Waits until the user has been told of the job's end.
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

    /// Downloads the MP3 of a job that is done.
    pub fn download(&self, id: &str) -> Reply {
        let reply = self.get(&format!("/download?fid={id}"));
        assert_eq!(reply.status, 200, "{reply}");
        reply
    }
}

/// The jobs that an upload was answered with.
pub fn jobs_of(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 202, "{reply}");
    reply.json()["jobs"]
        .as_array()
        .expect("a list of jobs")
        .clone()
}

/// The only job that an upload was answered with.
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
