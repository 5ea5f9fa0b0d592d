//! Runs a Spin application's own `spin.toml` on wasmtime, for machines where the
//! Spin CLI is not to be had, and for the tests.
//!
//! The host follows Spin's rules and is never more permissive than Spin: what it
//! does not support is an error that says so. It is not a fork of Spin and has no
//! features of its own beyond supervision (it reconnects to Redis, stops
//! gracefully and ticks the health checks).
//!
//! | Concern | Files |
//! |---|---|
//! | what to run | `cli`, `manifest`, `runtime_config`, `variables`, `allowed_hosts` |
//! | how to make it run | `compile`, `compose`, `deny`, `compiled`, `engine` |
//! | how to run it | `link`, `load`, `app`, `state`, `memory` |
//! | what guests may call | `bindings`, `key_value` and `stores`, `sqlite`, `outbound_redis`, `outbound_http`, `guest_log` |
//! | what wakes them | `routes`, `headers`, `http_call`, `http_server`, `redis_trigger`, `health` |
//! | a plugin alone, for tests | `plugin` |
//! | being a good process | `supervise`, `logging`, `malloc` |

mod allowed_hosts;
mod app;
mod bindings;
pub mod cli;
pub mod compile;
mod compiled;
mod compose;
mod deny;
mod engine;
mod guest_log;
mod headers;
mod health;
mod http_call;
mod http_server;
mod key_value;
mod link;
mod load;
pub mod logging;
pub mod malloc;
mod manifest;
mod memory;
mod outbound_http;
mod outbound_redis;
pub mod plugin;
mod redis_trigger;
mod routes;
mod runtime_config;
mod sqlite;
mod state;
mod stores;
pub mod supervise;
mod variables;
