//! What the services share of Spin.
//!
//! Everything that touches the runtime and is not particular to one service:
//! [`variables`], requests and answers ([`request`], [`reply`]), outbound HTTP
//! with timeouts ([`fetch`]), the file store ([`files`], [`garbage_collection`]) and the
//! queue ([`queue`], [`queue_client`]). The services stay thin over the crates that test natively.

pub mod fetch;
pub mod files;
pub mod garbage_collection;
pub mod health;
pub mod queue;
pub mod queue_client;
pub mod reply;
pub mod request;
pub mod variables;

pub use variables::ConfigError;
