//! Spin's interfaces for guests, implemented on the state of an instance.

mod key_value;
mod redis;
mod sqlite;
mod variables;
