//! Runs a Spin application's `spin.toml` on wasmtime: a supported second runtime beside
//! Spin, and the one that the end-to-end tests use.
//!
//! The host follows Spin's rules and is never more permissive than Spin: what it does
//! not support is an error that says so. It adds supervision only: it reconnects to
//! Redis, shuts down gracefully and calls health checks. `docs/conformance.md` compares
//! the two, check by check.
//!
//! | Concern | Files |
//! |---|---|
//! | what to run | `cli`, `manifest`, `runtime_config`, `variables`, `variable_name`, `allowed_hosts` |
//! | preparing it | `compile`, `compose`, `deny`, `compiled`, `engine` |
//! | running it | `link`, `load`, `app`, `grants`, `state`, `memory` |
//! | what guests may call | `bindings`, `interfaces`, `outbound_http`, `guest_log` |
//! | storage and connections behind that | `stores`, `database`, `redis_connection` |
//! | triggers | `routes`, `headers`, `http_call`, `http_server`, `redis_trigger`, `health` |
//! | an encoder plugin alone, for tests | `plugin` |
//! | the process | `supervise`, `stop`, `error`, `logging`, `malloc` |

mod allowed_hosts;
mod app;
mod bindings;
pub mod cli;
pub mod compile;
mod compiled;
mod compose;
mod database;
mod deny;
mod engine;
pub mod error;
mod grants;
mod guest_log;
mod headers;
mod health;
mod http_call;
mod http_server;
mod interfaces;
mod link;
mod load;
pub mod logging;
pub mod malloc;
mod manifest;
mod memory;
mod outbound_http;
pub mod plugin;
mod redis_connection;
mod redis_trigger;
mod routes;
mod runtime_config;
mod state;
mod stop;
mod stores;
pub mod supervise;
mod variable_name;
mod variables;
