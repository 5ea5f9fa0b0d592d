//! Access tokens: issued by auth, verified by the gateway.
//!
//! A token is a JWT (RFC 7519) in compact JWS form (RFC 7515), signed with
//! Ed25519 (RFC 8037). Auth holds the [`Signer`] and publishes its public key
//! in a [`KeySet`] (RFC 7517). The gateway caches that set and calls
//! [`verify()`]. A compromised gateway can therefore verify tokens, but not
//! issue any.
//!
//! | item | purpose |
//! |---|---|
//! | [`Claims`], [`Subject`], [`Terms`] | the content of a token |
//! | [`Signer`] | issues tokens; parses the secret key |
//! | [`KeySet`] | the published keys |
//! | [`verify()`], [`Expectation`] | the only way to accept a token |
//! | [`bearer_token()`] | the `Authorization: Bearer` header |
//! | [`TokenError`] | every failure, and its problem document |

mod bearer_token;
mod claims;
mod error;
mod key_set;
mod signer;
mod verify;

pub use bearer_token::bearer_token;
pub use claims::{Claims, Subject, Terms};
pub use error::TokenError;
pub use key_set::KeySet;
pub use signer::Signer;
pub use verify::{DEFAULT_LEEWAY, Expectation, MAX_TOKEN_BYTES, verify};
