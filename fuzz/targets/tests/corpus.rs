//! Replays the corpus with every target, natively, with the fuzzer's memory limit and a time
//! limit.
//!
//! An input that exceeds the memory aborts the process before the test can name it.
//! `FUZZ_TRACE=1` prints each input before it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tonearm_fuzz_targets::all;

/// The time limit for one input, in a build without optimisation. libFuzzer allows an
/// optimised build as much.
const TIME: Duration = Duration::from_secs(10);

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A single test, since the memory limit applies to the process.
#[test]
fn the_corpus_breaks_no_promise_of_a_target() {
    let is_traced = std::env::var_os("FUZZ_TRACE").is_some();
    let mut slow = Vec::new();
    for target in all() {
        for path in files(&corpus().join(&target.name)) {
            if is_traced {
                eprintln!("{}", path.display());
            }
            let input = fs::read(&path).unwrap();
            let start = Instant::now();
            target.run(&input);
            if start.elapsed() > TIME {
                slow.push((path, start.elapsed()));
            }
        }
    }
    assert!(slow.is_empty(), "inputs that took too long: {slow:?}");
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let mut targets: Vec<_> = all().into_iter().map(|target| target.name).collect();
    targets.sort();
    let folders: Vec<_> = files(&corpus())
        .iter()
        .filter(|folder| !files(folder).is_empty())
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(folders, targets);
}
