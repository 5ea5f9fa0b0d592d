//! Accounts: who may use the service, and how they show that it is them.
//!
//! Everything here runs on any [`Database`] that speaks SQLite: Spin's in the
//! service, a real file in the tests.
//!
//! | where | what |
//! |---|---|
//! | [`email`], [`password`] | types that hold nothing invalid |
//! | [`credentials`], [`basic`] | what a request brings, in its three forms |
//! | [`hash`] | Argon2id |
//! | [`database`], [`migrations`] | the store and its tables |
//! | [`users`] | register and look up |
//! | [`login`], [`throttle`] | checking a password, and how often one may try |
//! | [`keys`] | the token signing key and the keys still published |
//! | [`error`] | every way to fail, and its problem document |
//!
//! What an outsider can learn: registering tells whether an address is taken
//! (409), as sign-up forms without a confirmation mail must; logging in never
//! tells, neither by its answer nor by its time nor by its throttling.

pub mod basic;
pub mod credentials;
pub mod database;
pub mod email;
pub mod error;
pub mod hash;
pub mod keys;
pub mod login;
pub mod migrations;
pub mod password;
pub mod throttle;
pub mod users;

pub use credentials::Credentials;
pub use database::{Database, DatabaseError, Row, Value};
pub use email::Email;
pub use error::AccountsError;
pub use keys::Keys;
pub use login::login;
pub use migrations::migrate;
pub use password::Password;
pub use users::{User, register};
