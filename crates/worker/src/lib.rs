//! What a worker does around its work.
//!
//! Converter and notifier implement [`Work`]: one attempt at one claimed item. This
//! crate does the rest:
//!
//! - [`Worker::drain`] claims items until none is due. After each attempt it records
//!   the result, retries later, or gives up.
//! - [`LeaseKeeper`] renews the lease during an attempt and stops the attempt when its
//!   claim is lost or its time is over. [`with_output_blob`] combines it with the blob
//!   that the attempt writes, and discards the blob if the attempt fails.
//! - [`QueueClient`] reconnects to Redis.
//! - [`Conversions`], [`Emails`] and [`Letters`] are the queues.
//!
//! Everything is generic over connection, store and [`Clock`], so it tests natively.

mod clock;
mod conversions;
mod emails;
mod lease_keeper;
mod letters;
mod output_blob;
mod queue;
mod queue_client;
mod step;
mod work;
mod worker;

pub use clock::{Clock, SystemClock};
pub use conversions::{ConversionItem, Conversions, KeepFiles};
pub use emails::{EmailItem, Emails};
pub use lease_keeper::{LeaseKeeper, Stopped};
pub use letters::{LetterItem, Letters};
pub use output_blob::{Limits, with_output_blob};
pub use queue::{Ending, Item, Leases, Queue};
pub use queue_client::QueueClient;
pub use work::{AttemptError, Outcome, Retry, Work};
pub use worker::{Worker, attempt_started, worker_name};
