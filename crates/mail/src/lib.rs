//! Emails about jobs: what they say, and how an email API is asked to send
//! them.
//!
//! [`compose`] makes a [`Message`] of a [`Notice`], [`Settings::request`] makes
//! the HTTP request of it, and [`Settings::classify`] says what the API's
//! answer means. Nothing here does any I/O.
//!
//! | where | what |
//! |---|---|
//! | [`notice`], [`render`] | what a mail says, as text and as HTML |
//! | [`message`], [`mailbox`] | a mail whose headers cannot be broken out of |
//! | [`settings`] | the variables, checked against what the provider needs |
//! | [`provider`] | the five APIs |
//! | [`delivery`] | sent, try again, or give up |
//! | [`received`] | the generic format as its receiver reads it |
//! | [`error`] | every way to fail, and its problem document |

pub mod delivery;
pub mod error;
pub mod escape;
pub mod mailbox;
pub mod message;
pub mod notice;
pub mod provider;
pub mod received;
pub mod render;
pub mod settings;

pub use delivery::Delivery;
pub use error::MailError;
pub use mailbox::Mailbox;
pub use message::{Message, Subject};
pub use notice::{Notice, Outcome, compose};
pub use provider::Provider;
pub use received::Received;
pub use settings::{Settings, Variables};
