//! A plugin on its own, for tests and measurements: cut off from every capability
//! and run by the same engine as inside the component that it is composed with.

use std::path::Path;

use wasmtime::{Engine, Result};

/// The plugin in `bytes` with nothing wired to its imports but refusals (`deny`),
/// exporting what it exports.
///
/// # Errors
/// A sentence that says why it is no plugin.
pub fn sealed(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    crate::compose::seal(bytes)
}

/// The engine that apps run on, with epoch interruption; `state_dir` is where
/// compiled modules are kept if the user has no cache folder.
///
/// # Errors
/// What wasmtime says.
pub fn engine(state_dir: &Path) -> Result<Engine> {
    crate::engine::engine(state_dir)
}
