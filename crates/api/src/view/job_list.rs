//! The JSON representation of a page of jobs.

use serde::Serialize;
use tonearm_jobs::Job;

use crate::view::JobView;

/// A page of jobs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobListView {
    jobs: Vec<JobView>,
    /// Path of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl JobListView {
    /// A page of `jobs`, which were queried with a limit of `limit`.
    pub fn new(jobs: &[Job], limit: u32) -> Self {
        let full = jobs.len() as u64 >= u64::from(limit);
        let last = jobs.last().filter(|_| full);
        Self {
            jobs: jobs.iter().map(JobView::from).collect(),
            next: last.map(|job| format!("/jobs?before={}&limit={limit}", job.id)),
        }
    }
}
