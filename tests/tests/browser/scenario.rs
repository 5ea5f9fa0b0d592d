//! Runs a scenario with node and answers what it asks.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tonearm_e2e::app::Setup;
use tonearm_e2e::paths;
use tonearm_test_tools::{has, require_tool};

use crate::director::direct;

/// Marks a line of a scenario's output that asks for something.
const ASK: &str = "ask ";

/// The node process, killed when dropped.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        // Chromium ends with the pipe to it. Both fail only if node has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Plays `scenarios/NAME.mjs` against an app. Skipped where node, Chromium or the packages of
/// `tests/browser` are missing.
pub fn play(name: &str, setup: Setup) {
    let node = require_tool!("node");
    let chromium = require_tool!("chromium");
    let folder = folder();
    if !has(
        "packages in tests/browser",
        folder.join("node_modules").is_dir(),
    ) {
        return;
    }
    let mut app = setup.start();
    let mut command = Command::new(node);
    command
        .arg("run.mjs")
        .arg(name)
        .current_dir(&folder)
        .env("BASE", app.base())
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", paths::workspace().join("target/screenshots"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut node = Node(command.spawn().expect("node can be started"));
    let mut replies = node.0.stdin.take().expect("stdin is piped");
    let output = node.0.stdout.take().expect("stdout is piped");
    for line in BufReader::new(output).lines() {
        let line = line.expect("node writes UTF-8");
        let Some(request) = line.strip_prefix(ASK) else {
            println!("{line}");
            continue;
        };
        let request = serde_json::from_str(request).expect("a request is JSON");
        let reply = direct(&mut app, &request);
        writeln!(replies, "{reply}").expect("node reads its replies");
    }
    let status = node.0.wait().expect("node can be waited for");
    assert!(status.success(), "scenario {name}: {status}");
}

fn folder() -> PathBuf {
    paths::workspace().join("tests/browser")
}

/// Runs `tests/browser/unit` with node's own test runner.
pub fn run_unit_tests() {
    let node = require_tool!("node");
    let files = std::fs::read_dir(folder().join("unit")).expect("there are unit tests");
    let files = files.map(|file| file.expect("a file").path());
    let files = files.filter(|file| file.to_string_lossy().ends_with(".test.mjs"));
    let status = Command::new(node).arg("--test").args(files).status();
    let status = status.expect("node can be started");
    assert!(status.success(), "{status}");
}
