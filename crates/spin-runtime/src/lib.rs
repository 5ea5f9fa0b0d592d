//! The parts of Spin that the services share.
//!
//! Everything that uses the runtime and is not specific to one service: [`variables`],
//! requests and replies ([`request`], [`reply`], [`serve()`]), outbound HTTP with timeouts
//! ([`fetch`]), the file store ([`files`]) and [`redis`]. The services only connect
//! these to the crates that test natively.

pub mod fetch;
pub mod files;
pub mod health;
pub mod redis;
pub mod reply;
pub mod request;
mod serve;
pub mod variables;

pub use serve::serve;
pub use variables::ConfigError;
