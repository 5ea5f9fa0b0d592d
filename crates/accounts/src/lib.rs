//! User accounts: registration, login, and the key that signs access tokens.
//!
//! Everything runs on any [`Database`] with SQLite's dialect: Spin's in the
//! service, a file in the tests.
//!
//! | item | purpose |
//! |---|---|
//! | [`Email`], [`Password`] | validated types |
//! | [`Credentials`] | email and password from a request, in three forms |
//! | [`Database`], [`migrate`] | the store and its tables |
//! | [`register`], [`User`] | creating accounts |
//! | [`login()`] | checking a password, with throttling |
//! | [`SigningKeys`] | the token signing key and the published keys |
//! | [`AccountsError`] | every failure, and its problem document |
//!
//! Registration reveals whether an address is taken (409), as it must without
//! a confirmation email. Login reveals nothing about an address, neither by
//! its response nor by its timing nor by its throttling.

mod basic;
mod credentials;
mod database;
mod email;
mod error;
mod hash;
mod login;
mod migrations;
mod password;
mod signing_keys;
mod throttle;
mod users;

pub use credentials::Credentials;
pub use database::{Database, DatabaseError, Row, Value};
pub use email::Email;
pub use error::AccountsError;
pub use login::login;
pub use migrations::migrate;
pub use password::Password;
pub use signing_keys::SigningKeys;
pub use users::{User, register};
