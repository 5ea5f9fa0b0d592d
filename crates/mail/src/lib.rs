//! Emails about jobs, and the HTTP requests that send them.
//!
//! [`compose()`] turns a [`Notice`] into a [`Message`], [`Settings::request`] turns
//! that into the HTTP request of an email API, and [`Settings::classify`]
//! interprets the API's response. The crate does no I/O.
//!
//! | item | purpose |
//! |---|---|
//! | [`Notice`], [`Outcome`], [`compose()`] | the content of an email |
//! | [`Message`], [`Mailbox`], [`Subject`] | an email whose headers are safe from injection |
//! | [`Variables`], [`Settings`] | the configuration, validated for the chosen provider |
//! | [`Provider`] | the five APIs |
//! | [`Delivery`] | sent, retry, or give up |
//! | [`Received`] | the generic format, as its receiver reads it |
//! | [`HtmlEscaper`] | the escaper of the HTML templates |
//! | [`MailError`] | every failure, and its problem document |

mod compose;
mod delivery;
mod error;
mod escape;
mod mailbox;
mod message;
mod notice;
mod provider;
mod received;
mod render;
mod settings;

pub use compose::compose;
pub use delivery::Delivery;
pub use error::MailError;
pub use escape::HtmlEscaper;
pub use mailbox::Mailbox;
pub use message::{Message, Subject};
pub use notice::{Notice, Outcome};
pub use provider::Provider;
pub use received::Received;
pub use settings::{Settings, Variables};
