//! The decisions of the public HTTP API.

pub mod view;
