//! The content of a letter.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened to an account, and who is told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address of the recipient.
    pub to: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened. Each variant has a text of its own.
///
/// `token` is the secret of a link. `valid_seconds` is how long the link works, counted
/// from when the letter is written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody registered with this address; the link confirms it.
    ConfirmAddress {
        /// The token of the link.
        token: String,
        /// How long the link works.
        valid_seconds: u64,
    },
    /// Somebody registered with an address that has an account already.
    AddressTaken,
    /// Somebody forgot the password; the link sets a new one.
    ResetPassword {
        /// The token of the link.
        token: String,
        /// How long the link works.
        valid_seconds: u64,
    },
    /// The password was changed or reset.
    PasswordChanged,
    /// To the new address of an account: the link makes it the account's address.
    ConfirmNewAddress {
        /// The token of the link.
        token: String,
        /// How long the link works.
        valid_seconds: u64,
    },
    /// To the former address of an account, which has another one now.
    AddressChanged,
    /// The account was deleted.
    AccountDeleted,
}

/// The secret of a link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// The token.
    pub token: &'a str,
    /// How long the link works.
    pub valid_seconds: u64,
}

impl Link<'_> {
    /// When the link stops working, in milliseconds since 1970, if the letter was written at
    /// `written_ms`.
    pub fn expires_ms(&self, written_ms: u64) -> u64 {
        written_ms.saturating_add(self.valid_seconds.saturating_mul(1000))
    }
}

impl Event {
    /// The link that the letter is about, if it has one.
    pub fn link(&self) -> Option<Link<'_>> {
        match self {
            Self::ConfirmAddress {
                token,
                valid_seconds,
            }
            | Self::ResetPassword {
                token,
                valid_seconds,
            }
            | Self::ConfirmNewAddress {
                token,
                valid_seconds,
            } => Some(Link {
                token,
                valid_seconds: *valid_seconds,
            }),
            Self::AddressTaken
            | Self::PasswordChanged
            | Self::AddressChanged
            | Self::AccountDeleted => None,
        }
    }

    /// The event's name, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::AddressTaken => "address_taken",
            Self::ResetPassword { .. } => "reset_password",
            Self::PasswordChanged => "password_changed",
            Self::ConfirmNewAddress { .. } => "confirm_new_address",
            Self::AddressChanged => "address_changed",
            Self::AccountDeleted => "account_deleted",
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({})", self.event.name())
    }
}
