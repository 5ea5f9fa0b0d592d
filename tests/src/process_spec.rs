//! One process of the app: which components it runs, its port and its state folder.

use std::path::{Path, PathBuf};

use crate::client::Client;
use crate::ports::free_port;
use crate::process::Process;
use crate::runtime::{Runtime, variable};
use crate::wait;

/// How a process is started.
#[derive(Clone, Debug)]
pub(crate) struct ProcessSpec {
    /// Its name in logs.
    pub name: String,
    /// Its components; empty means all.
    pub components: Vec<&'static str>,
    /// Its state folder.
    pub state: PathBuf,
    /// The port that it listens on.
    pub port: u16,
}

/// Options that all processes of an app share.
#[derive(Debug)]
pub(crate) struct SharedOptions<'a> {
    pub runtime: &'a Runtime,
    pub manifest: PathBuf,
    pub runtime_config: Option<PathBuf>,
    pub variables: Vec<(String, String)>,
    pub report_memory: bool,
}

impl ProcessSpec {
    pub(crate) fn new(name: &str, components: Vec<&'static str>, folder: &Path) -> Self {
        Self {
            name: name.into(),
            components,
            state: folder.join(name),
            port: free_port(),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether it runs this component.
    pub(crate) fn runs(&self, component: &str) -> bool {
        self.components.is_empty() || self.components.contains(&component)
    }

    /// Starts the process without waiting for it.
    pub(crate) fn start(&self, shared: &SharedOptions<'_>) -> Process {
        let mut command = shared.runtime.up_with(&shared.manifest);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.arg("--state-dir").arg(&self.state);
        if let Some(file) = &shared.runtime_config {
            command.arg("--runtime-config-file").arg(file);
        }
        for (name, value) in &shared.variables {
            command.args(variable(name, value));
        }
        if shared.report_memory && !shared.runtime.is_spin() {
            command.arg("--report-memory");
        }
        for component in &self.components {
            command.args(["--component-id", component]);
        }
        Process::start(&self.name, &mut command)
    }

    fn lacks_health_check(&self) -> bool {
        self.runs("mailbox") || self.runs("website")
    }

    /// The route of its health check.
    fn health(&self) -> String {
        match self.components[..] {
            [only] if only != "gateway" => format!("/{only}/healthz"),
            _ => "/healthz".into(),
        }
    }

    /// Waits until the process serves. The host announces that; Spin announces it too
    /// early, so its health check is polled.
    pub(crate) fn wait_until_served(&self, runtime: &Runtime, process: &mut Process) {
        if !runtime.is_spin() {
            let announced =
                process.wait_for_line(|line| line.starts_with("Serving http").then_some(()));
            assert!(
                announced.is_some(),
                "the host ({}) did not announce that it serves:\n{}",
                self.name,
                process.log()
            );
            return;
        }
        let client = Client::new(&self.origin());
        wait::until(&format!("spin ({}) to answer", self.name), || {
            if let Some(status) = process.exited() {
                panic!("spin has exited ({status}):\n{}", process.log());
            }
            // Mailbox and website have no health check: any response will do.
            client
                .try_get(&self.health())
                .filter(|reply| reply.status == 200 || self.lacks_health_check())
        });
    }
}
