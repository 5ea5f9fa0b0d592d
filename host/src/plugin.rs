//! A plugin alone, for tests and benchmarks: without any capability, and run by the same
//! engine as in the component that it is composed with.

use std::path::Path;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

use crate::compiled::{self, Folder};

/// The plugin in `bytes` with every capability import denied (`deny`) and the same
/// exports.
///
/// # Errors
/// A sentence that says why `bytes` is not a plugin.
pub fn sealed(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    crate::compose::seal(bytes)
}

/// An engine like the one that runs apps, with epoch interruption.
///
/// # Errors
/// If wasmtime rejects the configuration.
pub fn engine() -> Result<Engine> {
    crate::engine::running()
}

/// A component that is ready to run, compiled if it is not in the cache. The cache is in
/// the user's cache folder, or else in `dir`.
///
/// # Errors
/// If `bytes` is not a valid component, or no cache folder is writable.
pub fn component(engine: &Engine, bytes: &[u8], dir: &Path) -> Result<Component> {
    let file = Folder::open(dir)?.file_of(&crate::engine::compiling()?, bytes)?;
    compiled::load(engine, &file)
}
