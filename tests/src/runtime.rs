//! Which runtime serves the app: Tonearm's own host, or the real Spin CLI with
//! `RUNTIME=spin SPIN=/path/to/spin`. Both take the same flags.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths;

/// A runtime that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// `tonearm-host`, built with this test or named by `TONEARM_HOST`.
    Host(PathBuf),
    /// The Spin CLI that `SPIN` names.
    Spin(PathBuf),
}

impl Runtime {
    /// The one that the environment asks for, or why the tests cannot run.
    pub fn find() -> Result<Self, String> {
        match std::env::var("RUNTIME").as_deref() {
            Ok("spin") => match std::env::var_os("SPIN").map(PathBuf::from) {
                Some(spin) if spin.is_file() => Ok(Self::Spin(spin)),
                Some(spin) => Err(format!("SPIN={} is no file", spin.display())),
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

    /// The one that the environment asks for.
    ///
    /// Where the real Spin is asked for and not to be had, the test ends here
    /// and counts as passed. That is what the process per test of nextest is
    /// good for; the test `runtime_in_use` says it aloud once.
    pub fn find_or_skip() -> Self {
        Self::find().unwrap_or_else(|reason| {
            // Past libtest, which would keep the words of a passed test.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {reason}");
            std::process::exit(0);
        })
    }

    /// `up` for the project's manifest.
    pub fn up(&self) -> Command {
        self.up_with(&paths::manifest())
    }

    /// `up` for another manifest.
    pub fn up_with(&self, manifest: &Path) -> Command {
        let (Self::Host(program) | Self::Spin(program)) = self;
        let mut command = Command::new(program);
        command.arg("up").arg("-f").arg(manifest);
        command
    }

    /// Whether this is the real Spin.
    pub fn is_spin(&self) -> bool {
        matches!(self, Self::Spin(_))
    }
}

/// One `--variable` of `up`.
pub fn variable(name: &str, value: &str) -> [OsString; 2] {
    ["--variable".into(), format!("{name}={value}").into()]
}
