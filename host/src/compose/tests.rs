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

/// A component of `world` with the given core module, in text format.
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

/// A plugin that answers 100 plus the number of its arguments, or reads a secret.
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

/// Runs a component without linking any import.
fn run(bytes: &[u8]) -> wasmtime::Result<u32> {
    let engine = Engine::new(&Config::new())?;
    let component = Component::from_binary(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
    let answer = instance.get_typed_func::<(), (u32,)>(&mut store, "answer")?;
    Ok(answer.call(&mut store, ())?.0)
}

#[test]
fn a_plugin_works_and_sees_an_empty_environment() {
    let composed = compose_bytes(
        app(),
        vec![("test:plugin/probe@0.1.0", None, plugin(false))],
    )
    .unwrap();
    // It instantiates with an empty linker, so no import is left.
    assert_eq!(run(&composed).unwrap(), 100);
}

#[test]
fn a_plugin_that_uses_a_capability_traps() {
    let composed =
        compose_bytes(app(), vec![("test:plugin/probe@0.1.0", None, plugin(true))]).unwrap();
    let error = format!("{:?}", run(&composed).unwrap_err());
    assert!(error.contains("unreachable"), "{error}");
}

#[test]
fn an_unsuitable_dependency_is_named() {
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
fn names_may_omit_interface_and_version() {
    for name in ["a:b/c@0.1.0", "a:b/c", "a:b@0.1.0", "a:b"] {
        assert!(names(name, "a:b/c@0.1.0"), "{name}");
    }
    for name in ["a:b/c@0.1.1", "a:b/d", "a:c", "a", "a:b/c/d"] {
        assert!(!names(name, "a:b/c@0.1.0"), "{name}");
    }
    assert!(names("plain", "plain"));
}
