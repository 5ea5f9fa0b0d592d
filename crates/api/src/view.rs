//! Representations: what clients read of jobs, dead letters and metrics.

mod dead_letters;
mod job;
mod job_list;
pub mod metrics;
#[cfg(test)]
mod tests;

pub use dead_letters::DeadLettersView;
pub use job::JobView;
pub use job_list::JobListView;
