//! Compiles an app's components in a separate process. The compiler needs more memory than
//! everything that runs afterwards, and only the end of a process returns it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wasmtime::Engine;

use crate::cli::{Compile, Up};
use crate::compiled::Folder;
use crate::compose::compose;
use crate::error::StartError;
use crate::load::{AppError, ComponentError};
use crate::manifest::{Component, Manifest};
use crate::runtime_config::default_state_dir;

/// Composes the components and compiles those that are not in the cache. Returns the file
/// with the machine code of each.
///
/// # Errors
/// If the manifest or a component is invalid, or no cache folder is writable.
pub fn compile(options: &Compile) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let (manifest, dir) = Manifest::open(&options.from, &options.component_ids)?;
    let state_dir = options.state_dir.clone();
    let folder = Folder::open(&state_dir.unwrap_or_else(|| default_state_dir(&dir)))?;
    let engine = crate::engine::compiling().map_err(AppError::Engine)?;
    let one = |component: &Component| file_of(component, &dir, &folder, &engine);
    std::thread::scope(|scope| {
        let threads: Vec<_> = manifest
            .components
            .iter()
            .map(|(id, component)| (id, scope.spawn(|| one(component))))
            .collect();
        let files = threads.into_iter().map(|(id, thread)| {
            let file = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                .map_err(|source| AppError::Component {
                    id: id.clone(),
                    source,
                })?;
            Ok((id.clone(), file))
        });
        files.collect()
    })
}

fn file_of(
    component: &Component,
    dir: &Path,
    folder: &Folder,
    engine: &Engine,
) -> Result<PathBuf, ComponentError> {
    let path = dir.join(&component.source);
    let wasm = compose(&path, &component.dependencies, dir)?;
    folder
        .file_of(engine, &wasm)
        .map_err(|source| ComponentError::Compile { path, source })
}

/// Runs [`compile`] in another process of this program.
pub(crate) fn compile_in_child(
    options: &Up,
    state_dir: &Path,
) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("compile").arg("--from").arg(&options.from);
    command.arg("--state-dir").arg(state_dir);
    for id in &options.component_ids {
        command.arg("--component-id").arg(id);
    }
    // It prints its errors itself.
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(StartError::NotCompiled);
    }
    serde_json::from_slice(&output.stdout).map_err(|_| StartError::NotCompiled)
}
