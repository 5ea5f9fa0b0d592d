//! Starting an app: subsets of its components, and apps that must not start.

use crate::support::{Host, Manifest, is_spin, refusal, refusal_in};

#[test]
fn a_subset_of_the_components_can_be_started() {
    let manifest = Manifest::new("")
        .component("one", "environment = { NAME = \"one\" }")
        .component("two", "environment = { NAME = \"two\" }")
        .component("three", "")
        .route("\"/...\"", "one")
        .route("\"/env/...\"", "two")
        // Nobody listens there, which would keep Spin from starting.
        .channel("redis://127.0.0.1:1", "c", "three");
    let host = Host::start_with(&manifest, &["-c", "one"], &[]);
    assert_eq!(host.get("/env/NAME").1, "one");
    let host = Host::start_with(&manifest, &["-c", "one", "--component-id", "two"], &[]);
    assert_eq!(host.get("/env/NAME").1, "two");
}

#[test]
fn invalid_manifests_are_refused_with_a_reason() {
    let chained = "allowed_outbound_hosts = [\"http://other.spin.internal\"]";
    let other = |manifest: Manifest| manifest.component("other", "").route("\"/other\"", "other");
    let redis = "redis://127.0.0.1:1";
    for (manifest, args, reason, spins_reason) in [
        (
            Manifest::guest("colour = 1", ""),
            &[][..],
            "colour",
            "colour",
        ),
        (Manifest::guest("", "kv = []"), &[], "kv", "kv"),
        (
            Manifest::guest("[[trigger.carrier-pigeon]]\ncomponent = \"guest\"", ""),
            &[],
            "carrier-pigeon",
            "carrier-pigeon",
        ),
        (
            Manifest::guest("", "allowed_outbound_hosts = [\"example.com\"]"),
            &[],
            "example.com",
            "example.com",
        ),
        (
            Manifest::guest("", "variables = { a = \"{{ b }}\" }"),
            &[],
            "b",
            "b",
        ),
        (
            Manifest::guest("", "key_value_stores = [\"other\"]"),
            &[],
            "other",
            "other",
        ),
        (
            other(Manifest::guest("", chained)).channel(redis, "c", "guest"),
            &[],
            "Redis",
            "local_service_chaining",
        ),
        (
            other(Manifest::guest("", chained)),
            &["-c", "guest"],
            "other",
            "other",
        ),
    ] {
        let log = refusal(&manifest, args);
        let reason = if is_spin() { spins_reason } else { reason };
        assert!(log.contains(reason), "{reason:?} in {log}");
    }
}

#[test]
fn a_component_that_cannot_handle_its_trigger_is_refused() {
    for (source, reason, spins_reason) in [
        (
            "empty.wasm",
            "does not export wasi:http/incoming-handler",
            "wasi:http",
        ),
        ("missing.wasm", "cannot read missing.wasm", "missing.wasm"),
        ("spin.toml", "cannot compile spin.toml", "spin.toml"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("empty.wasm"), b"\0asm\x0d\0\x01\0").unwrap();
        let manifest = Manifest::new(&format!("[component.odd]\nsource = {source:?}"))
            .route("\"/...\"", "odd");
        let log = refusal_in(dir, &manifest, &[]);
        let reason = if is_spin() { spins_reason } else { reason };
        assert!(log.contains(reason), "{reason:?} in {log}");
    }
}
