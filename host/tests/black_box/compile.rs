//! Where machine code is kept, and who makes it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Host, Manifest, is_own_host, refusal};

#[test]
fn a_second_start_compiles_nothing() {
    if !is_own_host() {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let first = host(cache.path());
    let made = files(cache.path());
    assert_eq!(made.len(), 1, "{made:?}");
    first.stop();
    let second = host(cache.path());
    assert_eq!(second.get("/print").0, 200);
    assert_eq!(files(cache.path()), made);
}

#[test]
fn a_damaged_file_of_machine_code_is_made_anew() {
    if !is_own_host() {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    host(cache.path()).stop();
    for path in files(cache.path()).into_keys() {
        let file = File::options().write(true).open(path).unwrap();
        file.set_len(1000).unwrap();
    }
    let host = host(cache.path());
    assert_eq!(host.get("/print").0, 200);
}

#[test]
fn without_a_cache_folder_machine_code_is_in_the_state_folder() {
    if !is_own_host() {
        return;
    }
    // Nobody can make folders there, not even root.
    let host = host(Path::new("/proc"));
    let made = fs::read_dir(host.dir.path().join("state/compiled")).unwrap();
    assert_eq!(made.count(), 1);
}

#[test]
fn what_compile_made_is_what_up_runs() {
    if !is_own_host() {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let host = host(cache.path());
    let output = Command::new(env!("CARGO_BIN_EXE_tonearm-host"))
        .args(["compile", "-f", "spin.toml"])
        .env("XDG_CACHE_HOME", cache.path())
        .current_dir(host.dir.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let said: BTreeMap<String, PathBuf> = serde_json::from_slice(&output.stdout).unwrap();
    let made: Vec<_> = files(cache.path()).into_keys().collect();
    assert_eq!(said.into_values().collect::<Vec<_>>(), made);
}

#[test]
fn why_a_component_cannot_be_compiled_is_said_once() {
    if !is_own_host() {
        return;
    }
    let manifest = Manifest::new("[component.odd]\nsource = \"spin.toml\"").route("\"/\"", "odd");
    let log = refusal(&manifest, &[]);
    assert_eq!(log.matches("error:").count(), 1, "{log}");
    assert!(log.contains("component \"odd\": cannot compile"), "{log}");
}

/// A host of the guest alone, whose user has this cache folder.
fn host(cache: &Path) -> Host {
    let env = [("XDG_CACHE_HOME", cache.to_str().unwrap())];
    Host::start_with(&Manifest::guest("", ""), &[], &env)
}

/// The files of machine code, each with what tells it from one made anew.
fn files(cache: &Path) -> BTreeMap<PathBuf, u64> {
    fs::read_dir(cache.join("tonearm/compiled"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.path(), entry.metadata().unwrap().ino()))
        .collect()
}
