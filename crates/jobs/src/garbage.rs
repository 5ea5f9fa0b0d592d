//! Blobs that must not outlive their purpose.
//!
//! A blob is staged before its first chunk is written. The step that gives it
//! a purpose (accepting the upload, finishing the conversion) takes it off the
//! list; the step that ends its purpose puts it back. So whoever dies in
//! between, a sweep finds it.

use std::time::Duration;

use crate::{Jobs, JobsError, Redis, keys, millis, script};

impl<R: Redis> Jobs<R> {
    /// Makes `blobs` litter in `litter_after` from now on, unless they get a
    /// purpose first. Call it again in time while a blob is being written.
    pub fn stage(&self, blobs: &[&str], litter_after: Duration) -> Result<(), JobsError> {
        let wait = millis(litter_after);
        let mut arguments = vec![wait.as_str()];
        arguments.extend_from_slice(blobs);
        self.eval_int(script::STAGE, &[keys::SWEEP], &arguments)?;
        Ok(())
    }

    /// At most `most` blobs that are litter by now. Delete each, then say
    /// [`forget_blob`](Self::forget_blob): in that order nothing is forgotten.
    pub fn expired_blobs(&self, most: u32) -> Result<Vec<String>, JobsError> {
        let answer = self.eval(script::EXPIRED_BLOBS, &[keys::SWEEP], &[&most.to_string()])?;
        Ok(answer.iter().filter_map(crate::Value::text).collect())
    }

    /// The blob has been deleted.
    pub fn forget_blob(&self, blob: &str) -> Result<(), JobsError> {
        self.redis.run("ZREM", &[keys::SWEEP, blob])?;
        Ok(())
    }
}
