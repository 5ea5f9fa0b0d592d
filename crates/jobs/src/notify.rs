//! Repeated notifications.

use crate::{Jobs, JobsError, Queue, Redis, script};

/// The payload of a notification about whatever is due; every other notification
/// carries the id of a job or a letter.
pub const DUE: &str = "due";

/// The shortest time between two such notifications, in milliseconds. Health checks
/// and waiting users ask about once a second.
const INTERVAL_MS: &str = "1000";

impl<R: Redis> Jobs<R> {
    /// Notifies the workers of `queue` again if an entry is due, at most once a second.
    /// For [`Queue::Convert`], that includes segments; for [`Queue::Notify`], letters.
    /// Returns whether it notified.
    pub fn notify_if_due(&self, queue: Queue) -> Result<bool, JobsError> {
        let mut arguments = vec![DUE, INTERVAL_MS, queue.kind()];
        match queue {
            Queue::Convert => arguments.push("segment"),
            Queue::Notify => arguments.push(Queue::Letter.kind()),
            Queue::Letter => {}
        }
        Ok(self.eval_int(&script::NOTIFY_IF_DUE, &arguments)? == 1)
    }
}
