//! Published tus clients, run as they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tonearm_e2e::client::Client;
use tonearm_e2e::paths;
use tonearm_e2e::process::Process;

/// A client that retries on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TusClient {
    Tuspy,
    TusJs,
}

/// One run of a client.
pub struct Run {
    process: Process,
}

impl TusClient {
    /// Those that are installed; the others are reported as skipped.
    pub fn installed() -> Vec<Self> {
        let mut all = vec![Self::Tuspy, Self::TusJs];
        all.retain(|client| tonearm_test_tools::has(client.name(), client.command().is_some()));
        all
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Tuspy => "tuspy",
            Self::TusJs => "tus-js-client",
        }
    }

    fn command(self) -> Option<Command> {
        let clients = paths::workspace().join("tests/clients");
        match self {
            Self::Tuspy => {
                let mut command = Command::new(python_with_tuspy()?);
                command.arg(clients.join("upload.py"));
                Some(command)
            }
            Self::TusJs => {
                let modules = paths::workspace().join("tests/browser/node_modules");
                if !modules.join(self.name()).exists() {
                    return None;
                }
                let mut command = Command::new(tonearm_test_tools::tool("node")?);
                command.arg(clients.join("upload.cjs"));
                command.env("NODE_PATH", modules);
                Some(command)
            }
        }
    }

    /// Starts to upload `file` as `user` to the app at `base`. `more` are further members of
    /// the program's argument.
    pub fn start(self, base: &str, user: &Client, file: &Path, more: Value) -> Run {
        let mut asked = json!({
            "url": format!("{base}/files"),
            "token": user.token(),
            "file": file,
            "name": "clip.mp4",
        });
        let members = asked.as_object_mut().unwrap();
        members.extend(more.as_object().cloned().unwrap_or_default());
        let mut command = self.command().expect("it is installed");
        Run {
            process: Process::start(self.name(), command.arg(asked.to_string())),
        }
    }
}

/// A Python on PATH that has tuspy: that of the tools, usually.
fn python_with_tuspy() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::split_paths(&path).map(|folder| folder.join("python3"));
    all.into_iter().find(|python| {
        let output = Command::new(python)
            .args(["-c", "import tusclient"])
            .output();
        output.is_ok_and(|output| output.status.success())
    })
}

impl Run {
    /// The id of the upload, as soon as it exists.
    pub fn id(&self) -> String {
        let id = self.process.wait_for_line(|line| {
            let (_, id) = line.strip_prefix("url ")?.rsplit_once("/files/")?;
            Some(id.to_owned())
        });
        id.unwrap_or_else(|| panic!("no upload was created: {}", self.process.log()))
    }

    /// Waits until everything is uploaded.
    pub fn done(&self) {
        let done = self.process.wait_for_line(|line| match line {
            "done" => Some(true),
            line => line.starts_with("failed").then_some(false),
        });
        assert_eq!(done, Some(true), "{}", self.process.log());
    }

    /// Whether it continued an upload of an earlier run.
    pub fn has_resumed(&self) -> bool {
        self.process.log().contains("resumed at")
    }

    /// Kills it in the middle.
    pub fn kill(mut self) {
        self.process.kill();
    }
}
