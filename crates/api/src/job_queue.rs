//! The operations of the queue that the API uses.

use std::time::Duration;

use tonearm_jobs::{
    Accepted, Attempt, Changes, DeadLetter, Job, JobId, Jobs, JobsError, Metrics, NewJob, Queue,
    Redis, Requeued, Uploader,
};

macro_rules! job_queue {
    ($($(#[$doc:meta])* fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {
        /// The queue as the API sees it: a subset of [`Jobs`], which tests replace.
        /// Each operation is documented there.
        #[expect(missing_docs, reason = "each operation is documented at Jobs")]
        pub trait JobQueue: 'static {
            $(fn $name(&self $(, $argument: $type)*) -> Result<$result, JobsError>;)*
        }

        impl<R: Redis + 'static> JobQueue for Jobs<R> {
            $(fn $name(&self $(, $argument: $type)*) -> Result<$result, JobsError> {
                Jobs::$name(self $(, $argument)*)
            })*
        }
    };
}

job_queue! {
    fn ping(&self) -> ();
    fn active(&self, owner: &str) -> u64;
    fn stage(&self, blobs: &[&str], expires_after: Duration) -> ();
    fn accept(&self, uploader: &Uploader, files: &[NewJob], max_active: u64) -> Accepted;
    fn get(&self, id: JobId, owner: &str) -> Option<Job>;
    fn list(&self, owner: &str, before: Option<JobId>, limit: u32) -> Vec<Job>;
    fn changes(&self, owner: &str, since_ms: Option<u64>) -> Changes;
    fn attempts(&self, id: JobId) -> Vec<Attempt>;
    fn delete(&self, id: JobId, owner: &str) -> bool;
    fn delete_of_deleted_accounts(&self, limit: u32) -> u64;
    fn expired_blobs(&self, limit: u32) -> Vec<String>;
    fn forget_blob(&self, blob: &str) -> ();
    fn notify_if_due(&self, queue: Queue) -> bool;
    fn dead_letters(&self, queue: Queue, before: Option<&str>, limit: u32) -> Vec<DeadLetter>;
    fn requeue(&self, queue: Queue, id: JobId) -> Requeued;
    fn discard_dead(&self, queue: Queue, id: JobId) -> bool;
    fn metrics(&self) -> Metrics;
}
