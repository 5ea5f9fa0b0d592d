//! A plugin on its own, for tests and measurements: cut off from every capability
//! and run by the same engine as inside the component that it is composed with.

use std::path::Path;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

use crate::compiled::{self, Folder};

/// The plugin in `bytes` with nothing wired to its imports but refusals (`deny`),
/// exporting what it exports.
///
/// # Errors
/// A sentence that says why it is no plugin.
pub fn sealed(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    crate::compose::seal(bytes)
}

/// An engine like that which apps run on, with epoch interruption.
///
/// # Errors
/// What wasmtime says.
pub fn engine() -> Result<Engine> {
    crate::engine::running()
}

/// A component ready to run, compiled if it was not before; its machine code is kept in
/// the user's cache folder, or else in `dir`.
///
/// # Errors
/// If it is no valid component, or there is nowhere to keep it.
pub fn component(engine: &Engine, bytes: &[u8], dir: &Path) -> Result<Component> {
    let file = Folder::open(dir)?.file_of(&crate::engine::compiling()?, bytes)?;
    compiled::load(engine, &file)
}
