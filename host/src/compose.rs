//! Component dependencies: a component and its plugins made into one, as Spin does.
//!
//! The result is compiled like any component, and cached by its content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wac_graph::types::{Package, WorldId};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::deny::deny_capabilities;
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
    /// A dependency that satisfies no import.
    #[error("it imports nothing named {dependency:?}; it imports: {imports}")]
    NotImported {
        /// As in the manifest.
        dependency: String,
        /// Every import of the component.
        imports: String,
    },
    /// Two dependencies for one import.
    #[error("the import {0:?} has two dependencies")]
    Ambiguous(String),
    /// A dependency that cannot be used, or not for this import.
    #[error("dependency {dependency:?}: {reason}")]
    Unfit {
        /// As in the manifest.
        dependency: String,
        /// What is wrong.
        reason: String,
    },
    /// The composition itself fails.
    #[error("cannot compose it with its dependencies: {0}")]
    Encode(String),
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
        let plugin = instantiate_plugin(&mut graph, index, bytes).map_err(unfit)?;
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

/// Instantiates a dependency cut off from every capability.
fn instantiate_plugin(
    graph: &mut CompositionGraph,
    index: usize,
    bytes: Vec<u8>,
) -> Result<NodeId, String> {
    let stub = deny_capabilities(&bytes)?;
    let (_, plugin) = instantiate(graph, &format!("dependency{index}"), bytes)?;
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
    Ok(plugin)
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

/// Whether a dependency's name stands for an import: the same name, or one that leaves
/// out the interface or the version.
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

/// An error with its causes, which wac-graph leaves out of its texts.
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
mod tests {
    use wasmtime::component::{Component, Linker};
    use wasmtime::{Config, Engine, Store};
    use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
    use wit_parser::Resolve;

    use super::*;

    const WIT: &str = "
        package test:plugin@0.1.0;
        interface probe { ask: func() -> u32; }
        interface other { ask: func() -> u32; }
        world app { import probe; export answer: func() -> u32; }
        world plugin {
            import wasi:cli/environment@0.2.0;
            import fermyon:spin/secret@2.0.0;
            export probe;
        }
        world needy { import other; export probe; }
        world stranger { export other; }

        package wasi:cli@0.2.0 { interface environment { get-arguments: func() -> list<string>; } }
        package fermyon:spin@2.0.0 { interface secret { get: func(name: string) -> string; } }
    ";

    /// A component of `world` made from the text of its core module.
    fn component(world: &str, module: &str) -> Vec<u8> {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("test.wit", WIT).unwrap();
        let world = resolve.select_world(&[package], Some(world)).unwrap();
        let mut module = wat::parse_str(module).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        ComponentEncoder::default()
            .module(&module)
            .unwrap()
            .encode()
            .unwrap()
    }

    fn app() -> Vec<u8> {
        component(
            "app",
            r#"(module
                (import "test:plugin/probe@0.1.0" "ask" (func $ask (result i32)))
                (func (export "answer") (result i32) call $ask))"#,
        )
    }

    /// A plugin that answers 100 plus the number of arguments it sees, or asks for a
    /// secret.
    fn plugin(ask_secret: bool) -> Vec<u8> {
        let body = if ask_secret {
            "i32.const 0 i32.const 0 i32.const 8 call $secret i32.const 1"
        } else {
            "i32.const 8 call $arguments i32.const 12 i32.load i32.const 100 i32.add"
        };
        component(
            "plugin",
            &format!(
                r#"(module
                    (import "wasi:cli/environment@0.2.0" "get-arguments" (func $arguments (param i32)))
                    (import "fermyon:spin/secret@2.0.0" "get" (func $secret (param i32 i32 i32)))
                    (memory (export "memory") 1)
                    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
                    (func (export "test:plugin/probe@0.1.0#ask") (result i32) {body}))"#
            ),
        )
    }

    /// Runs a component with a host that has nothing at all.
    fn run(bytes: &[u8]) -> wasmtime::Result<u32> {
        let engine = Engine::new(&Config::new())?;
        let component = Component::from_binary(&engine, bytes)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
        let answer = instance.get_typed_func::<(), (u32,)>(&mut store, "answer")?;
        Ok(answer.call(&mut store, ())?.0)
    }

    #[test]
    fn a_plugin_works_and_sees_an_empty_world() {
        let composed = compose_bytes(
            app(),
            vec![("test:plugin/probe@0.1.0", None, plugin(false))],
        )
        .unwrap();
        // It instantiates although the host has neither WASI nor Spin: no import is left.
        assert_eq!(run(&composed).unwrap(), 100);
    }

    #[test]
    fn a_plugin_that_asks_for_more_traps() {
        let composed =
            compose_bytes(app(), vec![("test:plugin/probe@0.1.0", None, plugin(true))]).unwrap();
        let error = format!("{:?}", run(&composed).unwrap_err());
        assert!(error.contains("unreachable"), "{error}");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let needy = component(
            "needy",
            r#"(module
                (import "test:plugin/other@0.1.0" "ask" (func $ask (result i32)))
                (func (export "test:plugin/probe@0.1.0#ask") (result i32) call $ask))"#,
        );
        let stranger = component(
            "stranger",
            r#"(module (func (export "test:plugin/other@0.1.0#ask") (result i32) i32.const 1))"#,
        );
        for (dependencies, expected) in [
            (
                vec![("test:plugin/prob", None, plugin(false))],
                "it imports: test:plugin/probe@0.1.0",
            ),
            (
                vec![("test:plugin/probe@0.2.0", None, plugin(false))],
                "imports nothing named",
            ),
            (
                vec![("test:plugin", None, stranger.clone())],
                "does not export \"test:plugin/probe@0.1.0\"",
            ),
            (
                vec![("test:plugin", Some("nothing"), stranger)],
                "does not export \"nothing\"",
            ),
            (
                vec![("test:plugin", None, needy)],
                "a dependency cannot have dependencies",
            ),
            (
                vec![("test:plugin", None, b"\0asm".to_vec())],
                "dependency \"test:plugin\"",
            ),
            (
                vec![
                    ("test:plugin", None, plugin(false)),
                    ("test:plugin/probe@0.1.0", None, plugin(false)),
                ],
                "has two dependencies",
            ),
        ] {
            let error = compose_bytes(app(), dependencies).unwrap_err().to_string();
            assert!(error.contains(expected), "{error:?} lacks {expected:?}");
        }
    }

    #[test]
    fn names_may_leave_out_interface_and_version() {
        for name in ["a:b/c@0.1.0", "a:b/c", "a:b@0.1.0", "a:b"] {
            assert!(names(name, "a:b/c@0.1.0"), "{name}");
        }
        for name in ["a:b/c@0.1.1", "a:b/d", "a:c", "a", "a:b/c/d"] {
            assert!(!names(name, "a:b/c@0.1.0"), "{name}");
        }
        assert!(names("plain", "plain"));
    }
}
