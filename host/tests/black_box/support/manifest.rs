//! Manifests for the checks.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A manifest whose components are all the same guest.
#[derive(Clone)]
pub struct Manifest(String);

impl Manifest {
    /// A manifest without components. `head` may add to `[application]` and more.
    pub fn new(head: &str) -> Self {
        Self(format!(
            "spin_manifest_version = 2\n[application]\nname = \"test\"\n{head}\n"
        ))
    }

    /// With a component `guest` that answers every path; `grants` are its keys.
    pub fn guest(head: &str, grants: &str) -> Self {
        Self::new(head)
            .component("guest", grants)
            .route("\"/...\"", "guest")
    }

    pub fn component(mut self, id: &str, grants: &str) -> Self {
        let wasm = wasm();
        _ = writeln!(self.0, "[component.{id}]\nsource = {wasm:?}\n{grants}");
        self
    }

    pub fn route(mut self, route: &str, component: &str) -> Self {
        _ = writeln!(
            self.0,
            "[[trigger.http]]\nroute = {route}\ncomponent = {component:?}"
        );
        self
    }

    pub fn channel(mut self, address: &str, channel: &str, component: &str) -> Self {
        _ = writeln!(
            self.0,
            "[[trigger.redis]]\naddress = {address:?}\nchannel = {channel:?}\ncomponent = {component:?}"
        );
        self
    }

    /// Writes it to `spin.toml` in `dir`.
    pub fn write(&self, dir: &TempDir) {
        std::fs::write(dir.path().join("spin.toml"), &self.0).unwrap();
    }

    /// Whether it has a trigger of this type.
    pub fn has_trigger(&self, kind: &str) -> bool {
        self.0.contains(&format!("[[trigger.{kind}]]"))
    }
}

fn wasm() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let wasm = root.join("target/wasm32-wasip2/release/host_guest.wasm");
    assert!(
        wasm.exists(),
        "{} is missing: run scripts/build.sh host-guest",
        wasm.display()
    );
    wasm
}
