//! The runtime that serves the app: the project's host, or the Spin CLI with
//! `RUNTIME=spin SPIN=/path/to/spin`. Both accept the same flags.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths;

/// An installed runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// `tonearm-host`, built with this test or named by `TONEARM_HOST`.
    Host(PathBuf),
    /// The Spin CLI that `SPIN` names.
    Spin(PathBuf),
}

impl Runtime {
    /// The runtime that the environment selects, or why the tests cannot run.
    pub fn find() -> Result<Self, String> {
        match std::env::var("RUNTIME").as_deref() {
            Ok("spin") => match std::env::var_os("SPIN").map(PathBuf::from) {
                Some(spin) if spin.is_file() => Ok(Self::Spin(spin)),
                Some(spin) => Err(format!("SPIN={} is not a file", spin.display())),
                None => Err("RUNTIME=spin, but SPIN names no spin binary".into()),
            },
            Ok("host" | "") | Err(_) => {
                let host = std::env::var_os("TONEARM_HOST")
                    .map_or_else(|| paths::profile().join("tonearm-host"), PathBuf::from);
                assert!(
                    host.is_file(),
                    "{} is missing: cargo build -p tonearm-host",
                    host.display()
                );
                Ok(Self::Host(host))
            }
            Ok(other) => panic!("RUNTIME is {other:?}; it may be host or spin"),
        }
    }

    /// The runtime that the environment selects.
    ///
    /// If Spin is selected and missing, this ends the test's process successfully; nextest
    /// runs each test in a process of its own. The test `runtime_in_use` reports the reason.
    pub fn find_or_skip() -> Self {
        Self::find().unwrap_or_else(|reason| {
            // libtest captures `eprintln!` and drops it when the test passes.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {reason}");
            std::process::exit(0);
        })
    }

    /// The command `up` for the project's manifest.
    pub fn up(&self) -> Command {
        self.up_with(&paths::manifest())
    }

    /// The command `up` for another manifest.
    pub fn up_with(&self, manifest: &Path) -> Command {
        let (Self::Host(program) | Self::Spin(program)) = self;
        let mut command = Command::new(program);
        command.arg("up").arg("-f").arg(manifest);
        command
    }

    /// Whether this is the Spin CLI.
    pub fn is_spin(&self) -> bool {
        matches!(self, Self::Spin(_))
    }
}

/// A `--variable` option of `up`.
pub fn variable(name: &str, value: &str) -> [OsString; 2] {
    ["--variable".into(), format!("{name}={value}").into()]
}
