//! Every built component imports and exports exactly the interfaces of its world in
//! `wit/worlds`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tonearm_e2e::contract::{Surface, read_worlds, resolve_worlds};
use tonearm_e2e::paths;

fn folder() -> PathBuf {
    paths::workspace().join("wit/worlds")
}

#[track_caller]
fn fits(component: &str) {
    let worlds = read_worlds(&folder());
    let world = worlds
        .get(component)
        .unwrap_or_else(|| panic!("wit/worlds/{component}.wit"));
    let differences = world.differences(&Surface::of_component(&paths::wasm(component)));
    assert!(
        differences.is_empty(),
        "{component}.wasm and wit/worlds/{component}.wit differ:\n  {}",
        differences.join("\n  ")
    );
}

#[test]
fn auth_fits_its_world() {
    fits("auth");
}

#[test]
fn gateway_fits_its_world() {
    fits("gateway");
}

#[test]
fn converter_fits_its_world() {
    fits("converter");
}

#[test]
fn notifier_fits_its_world() {
    fits("notifier");
}

#[test]
fn website_fits_its_world() {
    fits("website");
}

#[test]
fn mailbox_fits_its_world() {
    fits("mailbox");
}

#[test]
fn every_component_of_the_manifest_has_a_world() {
    let text = std::fs::read_to_string(paths::manifest()).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let components: BTreeSet<_> = manifest["component"].as_table().unwrap().keys().collect();
    let worlds = read_worlds(&folder());
    let worlds: BTreeSet<_> = worlds.keys().filter(|name| *name != "std").collect();
    assert_eq!(components, worlds);
}

#[test]
fn the_worlds_resolve_against_the_real_packages() {
    let deps = paths::workspace().join("wit/deps");
    let Ok(deps) = std::fs::read_dir(&deps) else {
        eprintln!("SKIPPED: there is no wit/deps; scripts/wit-deps.sh fills it");
        return;
    };
    let is_package =
        |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|it| it == "wit");
    let mut packages: Vec<_> = deps
        .map(|entry| entry.unwrap().path())
        .filter(is_package)
        .collect();
    packages.push(paths::workspace().join("wit/audio"));
    packages.push(paths::workspace().join("wit/decoding"));
    if let Err(error) = resolve_worlds(&folder(), &packages) {
        panic!("wit/worlds does not resolve: {error}");
    }
}

/// Imports of std and libc, for panics for instance, that the plugin may have without
/// using them. The composition leaves them unconnected, as the host's tests show.
const UNCONNECTED: &[&str] = &[
    "wasi:cli/environment@0.2",
    "wasi:cli/exit@0.2",
    "wasi:cli/stderr@0.2",
    "wasi:cli/stdin@0.2",
    "wasi:cli/stdout@0.2",
    "wasi:cli/terminal-input@0.2",
    "wasi:cli/terminal-output@0.2",
    "wasi:cli/terminal-stderr@0.2",
    "wasi:cli/terminal-stdin@0.2",
    "wasi:cli/terminal-stdout@0.2",
    "wasi:clocks/monotonic-clock@0.2",
    "wasi:clocks/wall-clock@0.2",
    "wasi:filesystem/preopens@0.2",
    "wasi:filesystem/types@0.2",
    "wasi:io/error@0.2",
    "wasi:io/poll@0.2",
    "wasi:io/streams@0.2",
    "wasi:random/insecure-seed@0.2",
    "wasi:random/random@0.2",
];

#[test]
fn the_encoder_has_no_capability() {
    has_no_capability("mp3_lame", "audio", "encoder-plugin");
}

#[test]
fn the_decoder_has_no_capability() {
    has_no_capability("decoder_libavcodec", "decoding", "decoder-plugin");
}

#[track_caller]
fn has_no_capability(plugin: &str, package: &str, world: &str) {
    let worlds = read_worlds(&paths::workspace().join("wit").join(package));
    let mut world = worlds[world].clone();
    world
        .tolerated
        .extend(UNCONNECTED.iter().map(|name| (*name).to_owned()));
    let real = Surface::of_component(&paths::wasm(plugin));
    let differences = world.differences(&real);
    assert!(
        differences.is_empty(),
        "{plugin}.wasm differs from wit/{package}:\n  {}",
        differences.join("\n  ")
    );
    imports_none_of(
        &real,
        &[
            "fermyon:",
            "spin:",
            "wasi:http",
            "wasi:sockets",
            "wasi:keyvalue",
        ],
    );
}

#[track_caller]
fn imports_none_of(real: &Surface, capabilities: &[&str]) {
    for import in &real.imports {
        for capability in capabilities {
            assert!(
                !import.starts_with(capability),
                "it may not import {import}"
            );
        }
    }
}

/// What a request brings along (`wasi:http/types`) and what std does.
#[test]
fn the_website_has_no_capability() {
    let real = Surface::of_component(&paths::wasm("website"));
    imports_none_of(
        &real,
        &[
            "fermyon:",
            "spin:",
            "wasi:http/outgoing",
            "wasi:sockets",
            "wasi:keyvalue",
        ],
    );
}
