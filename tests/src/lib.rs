//! The harness of Tonearm's end-to-end tests.
//!
//! It starts the whole app with real dependencies (Redis, SQLite, the built components,
//! media files made by ffmpeg) and inspects the result with independent tools: curl,
//! another MP3 decoder, SQL, Redis commands.
//!
//! | module | purpose |
//! |---|---|
//! | [`app`], [`setup`] | the whole app on free ports, stopped when dropped |
//! | [`layout`] | one process, or one per service |
//! | [`runtime`] | the runtime: the project's host or the Spin CLI |
//! | [`redis_server`] | the Redis behind it |
//! | [`proxy`] | connections that are lost half-way |
//! | [`process`] | child processes, waiting for their output |
//! | [`wait`] | waiting for a condition, with a deadline |
//! | [`client`], [`multipart`], [`raw`], [`curl`] | four ways to send requests |
//! | [`jobs`], [`mailbox`] | jobs and emails, as users see them |
//! | [`media`] | media files made by ffmpeg, cached between runs |
//! | [`mp3`], [`tag`], [`tone`] | decoding and measuring an MP3 |
//! | [`audio_assert`] | compares an MP3 with its source |
//! | [`stored`] | direct access to the app's stores |
//! | [`contract`] | imports and exports of a component, and of its world |
//! | [`plugin`] | an encoder plugin alone, called through its interface |
//! | [`paths`], [`ports`] | build output; free ports |
//!
//! Nothing here returns an error: the harness fails a test by panicking with a sentence
//! that states what was expected.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a harness fails its test by panicking"
)]

pub mod app;
pub mod audio_assert;
pub mod client;
pub mod contract;
pub mod curl;
pub mod decoder_plugin;
pub mod jobs;
pub mod layout;
pub mod mailbox;
pub mod media;
pub mod mp3;
pub mod multipart;
pub mod paths;
pub mod plugin;
pub mod ports;
pub mod process;
mod process_spec;
pub mod proxy;
pub mod raw;
pub mod redis_server;
pub mod runtime;
pub mod setup;
pub mod stored;
pub mod tag;
pub mod tone;
pub mod wait;
