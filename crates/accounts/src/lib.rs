//! Accounts: their whole life, their passwords, and the key that signs access tokens.
//!
//! Everything runs on any [`Database`] with SQLite's dialect: Spin's in the
//! service, a file in the tests.
//!
//! | item | purpose |
//! |---|---|
//! | [`Email`], [`Password`], [`LinkToken`] | validated types |
//! | [`Credentials`], [`Fields`] | what comes with a request |
//! | [`Database`], [`migrate`] | the store and its tables |
//! | [`Accounts`], [`Rules`] | registering, confirming, changing, deleting; sessions |
//! | [`Account`], [`Caller`] | an account, and the one that makes a request |
//! | [`login()`] | checking a password, with throttling |
//! | [`Publisher`] | where changes and letters go |
//! | [`SigningKeys`] | the token signing key and the published keys |
//! | [`AccountsError`] | every failure, and its problem document |
//!
//! With confirmed addresses nothing reveals whether an address has an account: neither a
//! response nor its timing, neither a letter nor whether a login works. Without, registering
//! reveals it (409).

mod account;
mod basic;
mod body;
mod caller;
mod credentials;
mod database;
mod delivery;
mod digest;
mod email;
mod error;
mod fields;
mod life;
mod migrations;
mod password;
mod rules;
mod sessions;
mod signing_keys;
mod throttle;

pub use account::{Account, Kind};
pub use caller::Caller;
pub use credentials::Credentials;
pub use database::{Database, DatabaseError, Row, Value, overwrite_deleted};
pub use delivery::links::LinkToken;
pub use delivery::{PublishError, Publisher};
pub use email::Email;
pub use error::AccountsError;
pub use fields::Fields;
pub use life::{Accounts, Registered, Swept, login, register};
pub use migrations::migrate;
pub use password::Password;
#[doc(hidden)]
pub use password::hash::hashes_computed;
pub use rules::Rules;
pub use sessions::Session;
pub use signing_keys::SigningKeys;
pub use tonearm_account_state::Recipient;
