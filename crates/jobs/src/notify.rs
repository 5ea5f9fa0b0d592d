//! Ringing again.

use crate::{Jobs, JobsError, Message, Queue, Redis, keys, script};

/// The shortest time between two such rings, in milliseconds. Health checks
/// and waiting users ask every second or so; one bell in that time is plenty.
const SHORTEST_MS: &str = "1000";

impl<R: Redis> Jobs<R> {
    /// Rings the bell of `queue` if an entry is due; that of the videos also for
    /// segments. Answers whether it rang.
    pub fn notify_if_due(&self, queue: Queue) -> Result<bool, JobsError> {
        let mut names = vec![
            keys::last_notified(queue),
            keys::stream(queue),
            keys::leases(queue),
        ];
        if queue == Queue::Convert {
            names.extend([keys::SEGMENTS.to_owned(), keys::SEGMENT_LEASES.to_owned()]);
        }
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let rang = self.eval_int(
            script::NOTIFY_IF_DUE,
            &names,
            &[
                keys::GROUP,
                queue.channel(),
                &Message::default().to_json(),
                SHORTEST_MS,
            ],
        )?;
        Ok(rang == 1)
    }
}
