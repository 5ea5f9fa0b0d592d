//! The harness of Tonearm's end-to-end tests.
//!
//! It starts the real app with real parts around it (Redis, SQLite, the built
//! components, media that ffmpeg makes) and looks at the result with tools that
//! are none of the app's own: curl, another MP3 decoder, SQL, Redis commands.
//!
//! | module | what it is for |
//! |---|---|
//! | [`app`], [`setup`] | the whole app on free ports, gone when dropped |
//! | [`layout`] | as one process, or one per service |
//! | [`runtime`] | which runtime serves it: Tonearm's host or the Spin CLI |
//! | [`redis_server`] | the Redis behind it |
//! | [`process`] | a child process whose output can be waited for |
//! | [`wait`] | waiting for a condition, with a deadline |
//! | [`client`], [`multipart`], [`raw`], [`curl`] | four ways to ask it something |
//! | [`jobs`], [`mailbox`] | what users see of their jobs and get by mail |
//! | [`media`] | videos made by ffmpeg, cached between runs |
//! | [`mp3`], [`tag`], [`tone`] | what is in an MP3 |
//! | [`hearing`] | whether an MP3 holds what its source held |
//! | [`stored`] | what lies in the stores behind the app's back |
//! | [`contract`] | what a component imports and exports, and what its world says |
//! | [`plugin`] | an encoder plugin alone, called by its interface |
//! | [`paths`], [`ports`] | where things are built; ports to listen on |
//!
//! Nothing here returns an error: a harness fails its test by panicking, with a
//! sentence that says what was expected.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a harness fails its test by panicking"
)]

pub mod app;
pub mod client;
pub mod contract;
pub mod curl;
pub mod hearing;
pub mod jobs;
pub mod layout;
pub mod mailbox;
pub mod media;
pub mod mp3;
pub mod multipart;
mod part;
pub mod paths;
pub mod plugin;
pub mod ports;
pub mod process;
pub mod raw;
pub mod redis_server;
pub mod runtime;
pub mod setup;
pub mod stored;
pub mod tag;
pub mod tone;
pub mod wait;
