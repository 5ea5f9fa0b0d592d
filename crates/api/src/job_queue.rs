//! The operations of the queue that the API uses.

use std::time::Duration;

use tonearm_jobs::{
    Accepted, Again, Attempt, Changes, Concatenated, Concatenation, CreatedUpload, DeadLetter,
    Finished, Job, JobId, Jobs, JobsError, Metrics, NewJob, NewUpload, Queue, Redis, Requeued,
    Upload, UploadCheckpoint, UploadClaim, UploadFence, Uploader,
};
use tonearm_options::Options;

macro_rules! job_queue {
    ($(#[$doc:meta])* $trait:ident:
     $(fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "each operation is documented at Jobs")]
        pub trait $trait: 'static {
            $(fn $name(&self $(, $argument: $type)*) -> Result<$result, JobsError>;)*
        }

        impl<R: Redis + 'static> $trait for Jobs<R> {
            $(fn $name(&self $(, $argument: $type)*) -> Result<$result, JobsError> {
                Jobs::$name(self $(, $argument)*)
            })*
        }
    };
}

job_queue! {
    /// The queue as the API sees it: a subset of [`Jobs`], which tests replace.
    /// Each operation is documented there.
    JobQueue:
    fn ping(&self) -> ();
    fn active(&self, owner: &str) -> u64;
    fn stage(&self, blobs: &[&str], expires_after: Duration) -> ();
    fn accept(&self, uploader: &Uploader, files: &[NewJob], max_active: u64) -> Accepted;
    fn get(&self, id: JobId, owner: &str) -> Option<Job>;
    fn list(&self, owner: &str, before: Option<JobId>, limit: u32) -> Vec<Job>;
    fn changes(&self, owner: &str, since_ms: Option<u64>, unfinished: Option<&[JobId]>) -> Changes;
    fn attempts(&self, id: JobId) -> Vec<Attempt>;
    fn rename(&self, id: JobId, owner: &str, name: &str) -> bool;
    fn convert_again(&self, id: JobId, owner: &str, options: &Options, max_active: u64, traceparent: &str) -> Again;
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

job_queue! {
    /// Resumable uploads as the API sees them: a subset of [`Jobs`], which tests replace.
    /// Each operation is documented there.
    UploadQueue:
    fn create_upload(&self, uploader: &Uploader, upload: &NewUpload, max_active: u64, lifetime: Duration) -> CreatedUpload;
    fn upload(&self, id: JobId, owner: &str) -> Option<Upload>;
    fn uploads(&self, owner: &str) -> Vec<Upload>;
    fn claim_upload(&self, id: JobId, owner: &str, offset: u64, lease: Duration, lifetime: Duration) -> UploadClaim;
    fn renew_upload(&self, fence: UploadFence, lease: Duration, lifetime: Duration) -> Option<u64>;
    fn release_upload(&self, fence: UploadFence, lifetime: Duration) -> Option<u64>;
    fn checkpoint_upload(&self, fence: UploadFence, checkpoint: &UploadCheckpoint, lease: Option<Duration>, lifetime: Duration) -> Option<u64>;
    fn finish_upload(&self, fence: UploadFence, blob: &str, parts: &[String], lifetime: Duration) -> Finished;
    fn concatenate(&self, uploader: &Uploader, concatenation: &Concatenation<'_>, lifetime: Duration) -> Concatenated;
    fn final_upload_of(&self, id: JobId, owner: &str) -> Option<JobId>;
    fn delete_upload(&self, id: JobId, owner: &str) -> bool;
    fn abandon_upload(&self, fence: UploadFence, owner: &str) -> bool;
}
