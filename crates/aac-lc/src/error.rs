//! Errors.

/// The configuration is not one that this crate decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not AAC-LC of 1 to 6 channels")]
pub struct UnsupportedConfig;

/// The block is damaged, or uses a tool that this crate does not decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the AAC block is damaged or not plain LC")]
pub struct DecodeError;
