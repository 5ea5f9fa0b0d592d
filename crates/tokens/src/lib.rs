//! Access tokens: who may do what, said by auth and checked by everyone else.
//!
//! A token is a JWT (RFC 7519) in compact JWS form (RFC 7515), signed with
//! Ed25519 (RFC 8037). Auth holds the [`Signer`] and publishes the public half
//! as a [`KeySet`] (RFC 7517); the gateway keeps a copy of that set and calls
//! [`verify`] by itself. A stolen gateway can therefore check tokens, but not
//! make any.
//!
//! | where | what |
//! |---|---|
//! | [`claims`] | what a token says |
//! | [`signer`] | making tokens; the secret key as text |
//! | [`keyset`] | the published keys, out and in |
//! | [`mod@verify`] | the one way to accept a token |
//! | [`bearer`] | the `Authorization: Bearer` header |
//! | [`error`] | every way to fail, and its problem document |

pub mod bearer;
pub mod claims;
pub mod error;
pub mod keyset;
pub mod signer;
pub mod verify;

pub use claims::{Claims, Terms};
pub use error::TokenError;
pub use keyset::KeySet;
pub use signer::Signer;
pub use verify::{Expectation, verify};
