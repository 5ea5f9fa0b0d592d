//! Ringing again.

use crate::{Jobs, JobsError, Message, Queue, Redis, keys, script};

/// The shortest time between two such rings, in milliseconds. Health checks
/// and waiting users ask every second or so; one bell in that time is plenty.
const SHORTEST_MS: &str = "1000";

impl<R: Redis> Jobs<R> {
    /// Rings the bell of `queue` if an entry is due. Answers whether it rang.
    pub fn ring_if_due(&self, queue: Queue) -> Result<bool, JobsError> {
        let rang = self.eval_int(
            script::RING_IF_DUE,
            &[
                &keys::stream(queue),
                &keys::leases(queue),
                &keys::rung(queue),
            ],
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
