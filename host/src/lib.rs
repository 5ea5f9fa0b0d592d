//! Placeholder until the host is written.
