//! Emails about jobs and accounts, and the HTTP requests that send them.
//!
//! [`compose()`] turns a [`Notice`] into a [`Message`], [`compose_letter`] a letter; [`Settings::request`] turns
//! that into the HTTP request of an email API, and [`Settings::classify`]
//! interprets the API's response. The crate does no I/O.
//!
//! | item | purpose |
//! |---|---|
//! | [`Notice`], [`FileNotice`], [`Outcome`], [`compose()`] | the content of an email about files |
//! | [`LetterNotice`], [`compose_letter`] | the content of an email about an account |
//! | [`Message`], [`Mailbox`], [`Subject`] | an email whose headers are safe from injection |
//! | [`Variables`], [`Settings`] | the configuration, validated for the chosen provider |
//! | [`Provider`] | the five APIs |
//! | [`Delivery`] | sent, retry, or give up |
//! | [`Received`] | the generic format, as its receiver reads it |
//! | [`HtmlEscaper`] | the escaper of the HTML templates |
//! | [`MailError`] | every failure, and its problem document |

mod compose;
mod delivery;
mod document;
mod error;
mod escape;
mod letter_words;
mod mailbox;
mod message;
mod notice;
mod provider;
mod received;
mod render;
mod settings;
mod units;
mod unlinked;

pub use compose::{compose, compose_letter};
pub use delivery::Delivery;
pub use error::MailError;
pub use escape::HtmlEscaper;
pub use mailbox::Mailbox;
pub use message::{Message, Subject};
pub use notice::{FileNotice, LetterNotice, Notice, Outcome};
pub use provider::Provider;
pub use received::Received;
pub use settings::{Settings, Variables};
