//! What native tests need beside Rust.
//!
//! A test that needs another program begins with [`require_tool!`]. Without the
//! program it is skipped with one line on standard error; with
//! `TONEARM_REQUIRE_TOOLS=1`, which `make test` sets, it fails.
//!
//! ```no_run
//! # use tonearm_test_tools::require_tool;
//! #[test]
//! fn mp4_is_decoded() {
//!     let ffmpeg = require_tool!("ffmpeg");
//!     let output = std::process::Command::new(ffmpeg).arg("-version").output();
//!     assert!(output.is_ok());
//! }
//! ```

#[cfg(feature = "redis-server")]
pub mod redis_server;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The environment variable that turns a missing program into a failure.
pub const REQUIRE_TOOLS: &str = "TONEARM_REQUIRE_TOOLS";

/// The path of the program `name`, or a skipped test: returns from the calling
/// function where the program is not on PATH.
#[macro_export]
macro_rules! require_tool {
    ($name:expr) => {
        match $crate::tool($name) {
            Some(path) => path,
            None => return,
        }
    };
}

/// The path of the program `name`, searched in PATH. Where it is missing, the
/// first call prints that tests are skipped.
///
/// # Panics
/// If the program is missing and `TONEARM_REQUIRE_TOOLS` is `1`.
pub fn tool(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        report_missing(name);
    }
    found
}

/// Whether a part of the set-up is there. Where it is not, the first call prints that tests
/// are skipped.
///
/// # Panics
/// If it is missing and `TONEARM_REQUIRE_TOOLS` is `1`.
pub fn has(name: &str, is_there: bool) -> bool {
    if !is_there {
        report_missing(name);
    }
    is_there
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

fn report_missing(name: &str) {
    let required = std::env::var(REQUIRE_TOOLS).is_ok_and(|value| value == "1");
    assert!(
        !required,
        "no {name}, and {REQUIRE_TOOLS}=1 requires it (scripts/setup.sh --tests installs it)"
    );
    static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    if reported.insert(name.to_owned()) {
        // Written directly: the test harness captures what `eprintln!` prints.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no {name}; the tests that need it were not run"
        );
    }
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_path_is_found() {
        let shell = require_tool!("sh");
        assert!(shell.is_absolute(), "{}", shell.display());
    }

    #[test]
    fn a_name_that_is_no_program_is_not_found() {
        assert_eq!(find("no-such-program-of-tonearm"), None);
    }
}
