//! Blobs that must not outlive their purpose.
//!
//! A blob is staged before its first chunk is written: it gets a time at which it
//! expires. The step that starts its purpose (accepting the upload, finishing the
//! conversion) removes that time; the step that ends its purpose sets it again. So
//! garbage collection finds every blob, whichever process crashes in between.

use std::time::Duration;

use crate::{Jobs, JobsError, Redis, keys, millis, script};

impl<R: Redis> Jobs<R> {
    /// Lets `blobs` expire after `lifetime`, unless a later step needs them. Call it
    /// again in time while a blob is being written.
    pub fn stage(&self, blobs: &[&str], lifetime: Duration) -> Result<(), JobsError> {
        let lifetime = millis(lifetime);
        let mut arguments = vec![lifetime.as_str()];
        arguments.extend_from_slice(blobs);
        self.eval_int(&script::STAGE, &arguments)?;
        Ok(())
    }

    /// At most `limit` expired blobs. Delete each and then call
    /// [`forget_blob`](Self::forget_blob): in that order no blob is leaked.
    pub fn expired_blobs(&self, limit: u32) -> Result<Vec<String>, JobsError> {
        let reply = self.eval(&script::EXPIRED_BLOBS, &[&limit.to_string()])?;
        Ok(reply.iter().filter_map(crate::Value::text).collect())
    }

    /// Forgets a blob that was deleted.
    pub fn forget_blob(&self, blob: &str) -> Result<(), JobsError> {
        self.redis.run("ZREM", &[keys::GARBAGE, blob])?;
        Ok(())
    }
}
