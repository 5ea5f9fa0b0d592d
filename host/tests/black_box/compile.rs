//! The cache of machine code.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Host, Manifest, refusal};

#[test]
fn a_second_start_compiles_nothing() {
    host_feature!("Spin compiles at every start.");
    let cache = tempfile::tempdir().unwrap();
    let first = host(cache.path());
    let compiled = files(cache.path());
    assert_eq!(compiled.len(), 1, "{compiled:?}");
    first.stop();
    let second = host(cache.path());
    assert_eq!(second.get("/print").0, 200);
    assert_eq!(files(cache.path()), compiled);
}

#[test]
fn a_damaged_cache_file_is_replaced() {
    host_feature!("Spin compiles at every start.");
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
fn without_a_user_cache_the_state_folder_holds_machine_code() {
    host_feature!("Spin compiles at every start.");
    // Nobody can create folders there, not even root.
    let host = host(Path::new("/proc"));
    let compiled = fs::read_dir(host.dir.path().join("state/compiled")).unwrap();
    assert_eq!(compiled.count(), 1);
}

#[test]
fn up_runs_what_compile_has_written() {
    host_feature!("Spin has no such command.");
    let cache = tempfile::tempdir().unwrap();
    let host = host(cache.path());
    let output = Command::new(env!("CARGO_BIN_EXE_tonearm-host"))
        .args(["compile", "-f", "spin.toml"])
        .env("XDG_CACHE_HOME", cache.path())
        .current_dir(host.dir.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed: BTreeMap<String, PathBuf> = serde_json::from_slice(&output.stdout).unwrap();
    let compiled: Vec<_> = files(cache.path()).into_keys().collect();
    assert_eq!(printed.into_values().collect::<Vec<_>>(), compiled);
}

#[test]
fn a_compile_error_is_reported_once() {
    host_feature!("The check is about the process that compiles, which Spin does not have.");
    let manifest = Manifest::new("[component.odd]\nsource = \"spin.toml\"").route("\"/\"", "odd");
    let log = refusal(&manifest, &[]);
    assert_eq!(log.matches("error:").count(), 1, "{log}");
    assert!(log.contains("component \"odd\": cannot compile"), "{log}");
}

/// A host with one guest and this cache folder.
fn host(cache: &Path) -> Host {
    let env = [("XDG_CACHE_HOME", cache.to_str().unwrap())];
    Host::start_with(&Manifest::guest("", ""), &[], &env)
}

/// The files of machine code with their inodes, which change when a file is replaced.
fn files(cache: &Path) -> BTreeMap<PathBuf, u64> {
    fs::read_dir(cache.join("tonearm/compiled"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.path(), entry.metadata().unwrap().ino()))
        .collect()
}
