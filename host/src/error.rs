//! Why the host did not start.

use std::net::SocketAddr;

use crate::load::AppError;
use crate::manifest::ManifestError;
use crate::runtime_config::RuntimeConfigError;
use crate::variables::VariableError;

/// Why the host did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The manifest is not usable.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The runtime config is not usable.
    #[error(transparent)]
    RuntimeConfig(#[from] RuntimeConfigError),
    /// A variable has no value.
    #[error(transparent)]
    Variables(#[from] VariableError),
    /// The app cannot be run.
    #[error(transparent)]
    App(#[from] AppError),
    /// The address is in use or not available.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The compiling process failed; it has already printed the reason.
    #[error("the components cannot be compiled")]
    NotCompiled,
    /// The operating system refused a thread, a process or a signal handler.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
}
