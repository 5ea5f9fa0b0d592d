//! Query parameters.

use tonearm_jobs::{JobId, Queue};
use tonearm_web::request::{self, Head};

use crate::Error;

/// Entries of a page without the parameter `limit`.
const DEFAULT_LIMIT: u32 = 20;
/// Most files of an archive.
const MAX_FILES: usize = 100;
/// Most entries of a page.
const MAX_LIMIT: u32 = 100;

/// The parameter `limit`: how many entries a page has.
pub(crate) fn limit(head: &Head) -> Result<u32, Error> {
    let Some(text) = request::query(head, "limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    text.parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| bad("limit", format!("a whole number from 1 to {MAX_LIMIT}")))
}

/// The parameter `before` of a list of jobs.
pub(crate) fn before_job(head: &Head) -> Result<Option<JobId>, Error> {
    let Some(text) = request::query(head, "before") else {
        return Ok(None);
    };
    match JobId::parse(&text) {
        Some(id) => Ok(Some(id)),
        None => Err(bad("before", "the id of a job")),
    }
}

/// The parameter `before` of a list of dead letters: the id of a stream entry, two
/// numbers with a dash between them.
pub(crate) fn before_entry(head: &Head) -> Result<Option<String>, Error> {
    let number =
        |part: &str| part.parse::<u64>().is_ok() && part.bytes().all(|byte| byte.is_ascii_digit());
    let before = request::query(head, "before");
    let is_valid = before.as_deref().is_none_or(|entry| {
        entry
            .split_once('-')
            .is_some_and(|(time, sequence)| number(time) && number(sequence))
    });
    match is_valid {
        true => Ok(before),
        false => Err(bad("before", "as in the link to the next page")),
    }
}

/// The parameter `queue`; conversions by default.
pub(crate) fn queue(head: &Head) -> Result<Queue, Error> {
    let Some(name) = request::query(head, "queue") else {
        return Ok(Queue::Convert);
    };
    Queue::parse(&name).ok_or_else(|| bad("queue", "video, mp3 or letter"))
}

/// The parameter `fid`: the id of a job.
pub(crate) fn fid(head: &Head) -> Result<String, Error> {
    request::query(head, "fid").ok_or_else(|| bad("fid", "the id of a job: /download?fid=ID"))
}

/// The parameters `fid` of an archive: ids of jobs, each once.
pub(crate) fn fids(head: &Head) -> Result<Vec<String>, Error> {
    let mut ids: Vec<String> = Vec::new();
    for (name, value) in request::query_pairs(head) {
        if name == "fid" && !ids.iter().any(|id| *id == value) {
            ids.push(value.into_owned());
        }
    }
    let valid = format!("the ids of 1 to {MAX_FILES} jobs: /download/zip?fid=ID&fid=ID");
    match ids.len() {
        1..=MAX_FILES => Ok(ids),
        _ => Err(bad("fid", valid)),
    }
}

fn bad(name: &'static str, valid: impl Into<String>) -> Error {
    Error::BadParameter {
        name,
        valid: valid.into(),
    }
}
