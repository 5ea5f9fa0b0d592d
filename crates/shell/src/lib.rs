//! What the services share of Spin.
//!
//! Everything that touches the runtime and is not particular to one service:
//! [`variables`], requests and answers ([`request`], [`reply`]), outbound HTTP
//! with timeouts ([`fetch`]), the file store ([`files`], [`sweep`]) and the
//! queue ([`queue`], [`line`]). The services stay thin over the crates that test natively.

pub mod fetch;
pub mod files;
pub mod health;
pub mod line;
pub mod queue;
pub mod reply;
pub mod request;
pub mod sweep;
pub mod variables;

pub use variables::ConfigError;
