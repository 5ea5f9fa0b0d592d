//! Checks the manifests in `deploy/` without a cluster, by `scripts/check-deploy.sh`, and
//! checks that those checks find faults.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

mod compose;
mod faults;
mod redis;
mod scripts;
mod systemd;

use std::fs;
use std::process::{Command, Output};

use tonearm_e2e::paths;

/// Runs a script of the project.
fn run(script: &str, arguments: &[String], environment: &[(&str, &str)]) -> Output {
    Command::new(paths::workspace().join(script))
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap_or_else(|error| panic!("{script}: {error}"))
}

fn output_text(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + text(&output.stderr).as_str()
}

/// Whether the definitions of SpinKube's and KEDA's kinds are available.
fn has_definitions() -> bool {
    paths::workspace().join("../shared/crds").is_dir()
}

/// Always shown: the schemas in use.
#[test]
fn schemas_in_use() {
    if has_definitions() {
        println!("Manifests are checked against Kubernetes', SpinKube's and KEDA's schemas");
    } else {
        println!("SKIPPED: no ../shared/crds, so no schemas of SpinKube's and KEDA's kinds");
    }
}

#[test]
fn every_manifest_passes_every_check() {
    let output = run("scripts/check-deploy.sh", &[], &[]);
    assert!(output.status.success(), "{}", output_text(&output));
}

/// The overlay in `docs/operating.md` that operators adapt.
#[test]
fn the_overlay_of_the_manual_passes_every_check() {
    let manual = paths::workspace().join("docs/operating.md");
    let manual = fs::read_to_string(manual).unwrap();
    let (_, rest) = manual.split_once("<<'YAML'\n").unwrap();
    let (overlay, _) = rest.split_once("    YAML\n").unwrap();
    assert!(overlay.contains("[../production]"), "{overlay}");
    // In target/, not beside the project's overlays.
    let overlay = overlay.replace("../", "../../deploy/spinkube/overlays/");
    let lines = overlay
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    let folder = paths::workspace().join("target/manual-overlay");
    fs::create_dir_all(&folder).unwrap();
    let text = lines.collect::<Vec<_>>().join("\n");
    fs::write(folder.join("kustomization.yaml"), text).unwrap();
    let folder = folder.to_str().unwrap().to_owned();
    let output = run("scripts/check-deploy.sh", &[folder], &[]);
    assert!(output.status.success(), "{}", output_text(&output));
}
