//! Component dependencies: composes a component and its plugins into one, as Spin does.
//!
//! The result is compiled like any other component.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wac_graph::types::{Package, WorldId};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::deny::deny_capabilities;
use crate::manifest::Dependency;

/// Why a component cannot be composed with its dependencies.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("it imports nothing named {dependency:?}; it imports: {imports}")]
    NotImported { dependency: String, imports: String },
    #[error("the import {0:?} has two dependencies")]
    Ambiguous(String),
    #[error("dependency {dependency:?}: {reason}")]
    Unfit { dependency: String, reason: String },
    #[error("cannot compose it with its dependencies: {0}")]
    Encode(String),
}

/// The bytes of the component at `path` with its dependencies wired in.
pub fn compose(
    path: &Path,
    dependencies: &BTreeMap<String, Dependency>,
    dir: &Path,
) -> Result<Vec<u8>, ComposeError> {
    let source = read(path)?;
    if dependencies.is_empty() {
        return Ok(source);
    }
    let mut sources = Vec::new();
    for (name, dependency) in dependencies {
        let bytes = read(&dir.join(&dependency.path))?;
        sources.push((name.as_str(), dependency.export.as_deref(), bytes));
    }
    compose_bytes(source, sources)
}

/// Wires each `(name, export, bytes)` to the imports of `source` that it names.
fn compose_bytes(
    source: Vec<u8>,
    dependencies: Vec<(&str, Option<&str>, Vec<u8>)>,
) -> Result<Vec<u8>, ComposeError> {
    let fail = |error: &dyn std::fmt::Display| ComposeError::Encode(format!("{error:#}"));
    let mut graph = CompositionGraph::new();
    let (world, component) = instantiate(&mut graph, "component", source).map_err(|e| fail(&e))?;
    let imports: Vec<String> = graph.types()[world].imports.keys().cloned().collect();
    let mut wired: BTreeMap<&String, &str> = BTreeMap::new();
    for (index, (name, export, bytes)) in dependencies.into_iter().enumerate() {
        let unfit = |reason: String| ComposeError::Unfit {
            dependency: name.to_owned(),
            reason,
        };
        let (_, plugin) = instantiate_plugin(&mut graph, index, bytes).map_err(unfit)?;
        let matching: Vec<_> = imports.iter().filter(|i| names(name, i)).collect();
        if matching.is_empty() {
            return Err(ComposeError::NotImported {
                dependency: name.to_owned(),
                imports: imports.join(", "),
            });
        }
        for import in matching {
            if wired.insert(import, name).is_some() {
                return Err(ComposeError::Ambiguous(import.clone()));
            }
            let export = export.unwrap_or(import);
            let export = graph
                .alias_instance_export(plugin, export)
                .map_err(|_| unfit(format!("it does not export {export:?}")))?;
            graph
                .set_instantiation_argument(component, import, export)
                .map_err(|error| unfit(chain(&error)))?;
        }
    }
    export_all(&mut graph, world, component).map_err(ComposeError::Encode)?;
    graph.encode(EncodeOptions::default()).map_err(|e| fail(&e))
}

/// A plugin without any capability, with the same exports.
pub fn seal(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let mut graph = CompositionGraph::new();
    let (world, plugin) = instantiate_plugin(&mut graph, 0, bytes)?;
    export_all(&mut graph, world, plugin)?;
    graph
        .encode(EncodeOptions::default())
        .map_err(|error| format!("{error:#}"))
}

/// Instantiates a dependency without any capability.
fn instantiate_plugin(
    graph: &mut CompositionGraph,
    index: usize,
    bytes: Vec<u8>,
) -> Result<(WorldId, NodeId), String> {
    let stub = deny_capabilities(&bytes)?;
    let (world, plugin) = instantiate(graph, &format!("dependency{index}"), bytes)?;
    if let Some(stub) = stub {
        let (stub_world, stub) = instantiate(graph, &format!("denied{index}"), stub)?;
        let denied: Vec<String> = graph.types()[stub_world].exports.keys().cloned().collect();
        for name in &denied {
            let export = graph
                .alias_instance_export(stub, name)
                .map_err(|e| chain(&e))?;
            graph
                .set_instantiation_argument(plugin, name, export)
                .map_err(|e| chain(&e))?;
        }
    }
    Ok((world, plugin))
}

fn instantiate(
    graph: &mut CompositionGraph,
    name: &str,
    bytes: Vec<u8>,
) -> Result<(WorldId, NodeId), String> {
    let package = Package::from_bytes(&format!("tonearm:{name}"), None, bytes, graph.types_mut())
        .map_err(|error| format!("{error:#}"))?;
    let world = package.ty();
    let package = graph.register_package(package).map_err(|e| chain(&e))?;
    Ok((world, graph.instantiate(package)))
}

fn export_all(graph: &mut CompositionGraph, world: WorldId, node: NodeId) -> Result<(), String> {
    let exports: Vec<String> = graph.types()[world].exports.keys().cloned().collect();
    for name in exports {
        let export = graph
            .alias_instance_export(node, &name)
            .map_err(|e| chain(&e))?;
        graph.export(export, &name).map_err(|e| chain(&e))?;
    }
    Ok(())
}

/// Whether a dependency's name matches an import. The dependency's name may omit the
/// interface or the version.
fn names(dependency: &str, import: &str) -> bool {
    let (dependency, version) = split_version(dependency);
    let (import, import_version) = split_version(import);
    let package = import.split('/').next().unwrap_or(import);
    (dependency == import || dependency == package)
        && version.is_none_or(|version| import_version == Some(version))
}

fn split_version(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ComposeError> {
    std::fs::read(path).map_err(|source| ComposeError::Read {
        path: path.to_owned(),
        source,
    })
}

/// An error with its causes, which wac-graph's messages omit.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
