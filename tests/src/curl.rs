//! Runs `curl` with command lines as they stand in a README.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a shell line that starts with `curl ` in `folder`, unchanged, and returns its
/// standard output.
pub fn run(folder: &Path, line: &str) -> String {
    let output = output(folder, line);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{line}: {}: {error}",
        output.status
    );
    String::from_utf8(output.stdout).expect("curl printed text")
}

/// [`run`] for a line that may fail.
pub fn output(folder: &Path, line: &str) -> Output {
    assert!(line.starts_with("curl "), "{line:?} is not a curl command");
    Command::new("sh")
        .arg("-c")
        .arg(line)
        .current_dir(folder)
        .output()
        .expect("a shell runs curl")
}
