//! Compiling an app's components, in a process of its own: a compiler takes more memory
//! than all that runs afterwards, and a process gives it back when it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wasmtime::Engine;

use crate::cli::{Compile, Up};
use crate::compiled::Folder;
use crate::compose::compose;
use crate::load::{AppError, ComponentError};
use crate::manifest::{Component, Manifest};
use crate::runtime_config::default_state_dir;
use crate::supervise::StartError;

/// Composes and compiles the components, where that was not done before. Answers where
/// the machine code of each is.
///
/// # Errors
/// What is wrong with the manifest or with a component, or that there is nowhere to keep
/// machine code.
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

/// Has another process of this program do it.
pub(crate) fn apart(
    options: &Up,
    state_dir: &Path,
) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("compile").arg("--from").arg(&options.from);
    command.arg("--state-dir").arg(state_dir);
    for id in &options.component_ids {
        command.arg("--component-id").arg(id);
    }
    // Its errors go where ours would.
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(StartError::NotCompiled);
    }
    serde_json::from_slice(&output.stdout).map_err(|_| StartError::NotCompiled)
}
