//! Why an app cannot be run.

use std::path::PathBuf;

use crate::allowed_hosts::AllowedHostError;
use crate::compose::ComposeError;
use crate::routes::RouteError;
use crate::stores::StoreError;
use crate::variables::VariableError;

/// Why an app cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("cannot start wasmtime: {0:#}")]
    Engine(wasmtime::Error),
    #[error(transparent)]
    Route(#[from] RouteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{field}: {source}")]
    Variable {
        field: String,
        source: VariableError,
    },
    #[error("trigger.redis.address of component {component:?}: {reason}")]
    RedisAddress { component: String, reason: String },
    #[error("component {id:?}: {source}")]
    Component { id: String, source: ComponentError },
}

/// Why a component cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error("cannot compile {path}: {source:#}")]
    Compile {
        path: PathBuf,
        source: wasmtime::Error,
    },
    #[error("it was not compiled")]
    NotCompiled,
    #[error("cannot load {path}: {source:#}")]
    Load {
        path: PathBuf,
        source: wasmtime::Error,
    },
    #[error("cannot link {path}: {source:#}")]
    Link {
        path: PathBuf,
        source: wasmtime::Error,
    },
    #[error("it has a trigger of type {trigger} but does not export {export}")]
    NoHandler {
        trigger: &'static str,
        export: &'static str,
    },
    #[error("{key}: {source}")]
    Variable {
        key: &'static str,
        source: VariableError,
    },
    #[error("allowed_outbound_hosts: {0}")]
    AllowedHosts(#[from] AllowedHostError),
    #[error("{key} lists {label:?}, which the runtime config does not have; it has: {configured}")]
    NotConfigured {
        key: &'static str,
        label: String,
        configured: String,
    },
    #[error(
        "it has a Redis trigger, so it cannot call http://{0}.spin.internal: Spin allows that to HTTP-triggered components only"
    )]
    ChainingFromRedis(String),
    #[error("it may call http://{0}.spin.internal, but no such component is started")]
    ChainingToAbsent(String),
}
