//! What keeps an app from starting, and what a subset of it is.

use crate::support::{Host, Manifest, is_own_host, refusal};

#[test]
fn a_subset_of_components_runs_alone() {
    let manifest = Manifest::new("")
        .component("one", "environment = { NAME = \"one\" }")
        .component("two", "environment = { NAME = \"two\" }")
        .component("three", "")
        .route("\"/...\"", "one")
        .route("\"/env/...\"", "two")
        // Would keep the app from starting, were it not left out.
        .channel("redis://127.0.0.1:1", "c", "three");
    let host = Host::start_with(&manifest, &["-c", "one"], &[]);
    assert_eq!(host.get("/env/NAME").1, "one");
    let host = Host::start_with(&manifest, &["-c", "one", "--component-id", "two"], &[]);
    assert_eq!(host.get("/env/NAME").1, "two");
}

#[test]
fn mistakes_are_refused_with_a_reason() {
    let chained = "allowed_outbound_hosts = [\"http://other.spin.internal\"]";
    let other = |manifest: Manifest| manifest.component("other", "").route("\"/other\"", "other");
    let redis = "redis://127.0.0.1:1";
    for (manifest, args, reason) in [
        (Manifest::guest("colour = 1", ""), &[][..], "colour"),
        (Manifest::guest("", "kv = []"), &[], "kv"),
        (
            Manifest::guest("[[trigger.carrier-pigeon]]\ncomponent = \"guest\"", ""),
            &[],
            "carrier-pigeon",
        ),
        (
            Manifest::guest("", "allowed_outbound_hosts = [\"example.com\"]"),
            &[],
            "example.com",
        ),
        (
            Manifest::guest("", "variables = { a = \"{{ b }}\" }"),
            &[],
            "b",
        ),
        (
            Manifest::guest("", "key_value_stores = [\"other\"]"),
            &[],
            "other",
        ),
        (
            other(Manifest::guest("", chained)).channel(redis, "c", "guest"),
            &[],
            // Spin: "does not support ... local_service_chaining".
            "Redis",
        ),
        (
            other(Manifest::guest("", chained)),
            &["-c", "guest"],
            "other",
        ),
    ] {
        if !is_own_host() && reason == "Redis" {
            continue;
        }
        let log = refusal(&manifest, args);
        assert!(log.contains(reason), "{reason:?} in {log}");
    }
}

#[test]
fn a_component_without_the_triggers_handler_is_refused() {
    if !is_own_host() {
        return; // Its words are this host's own.
    }
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty.wasm");
    std::fs::write(&empty, b"\0asm\x0d\0\x01\0").unwrap();
    for (source, reason) in [
        (
            empty.to_str().unwrap(),
            "does not export wasi:http/incoming-handler",
        ),
        ("missing.wasm", "cannot read missing.wasm"),
        ("spin.toml", "cannot compile spin.toml"),
    ] {
        let manifest = Manifest::new(&format!("[component.odd]\nsource = {source:?}"))
            .route("\"/...\"", "odd");
        let log = refusal(&manifest, &[]);
        assert!(log.contains(reason), "{reason:?} in {log}");
    }
}
