//! The scripts of `deploy/spinkube`.
