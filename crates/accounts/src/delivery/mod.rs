//! What changes cause outside of the database: letters to owners, and facts that the other
//! services read in Redis.
//!
//! A change commits rows of the table `outbox` together with itself. [`outbox`] delivers them
//! afterwards and again with each later request until Redis has them, so that a crash loses
//! nothing.

pub(crate) mod letters;
pub(crate) mod links;
pub(crate) mod outbox;
mod publisher;

pub use publisher::{PublishError, Publisher};
