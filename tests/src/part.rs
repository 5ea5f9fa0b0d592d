//! One process of the app: some of its components, at a port, with a state
//! folder.

use std::path::{Path, PathBuf};

use crate::client::Client;
use crate::ports::free_port;
use crate::process::Process;
use crate::runtime::{Runtime, variable};
use crate::wait;

/// What a process is started with.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// What logs call it.
    pub name: String,
    /// Its components; none are all.
    pub components: Vec<&'static str>,
    /// Its state folder.
    pub state: PathBuf,
    /// Where it listens.
    pub port: u16,
}

/// What all processes of an app are started with.
#[derive(Debug)]
pub(crate) struct Common<'a> {
    pub runtime: &'a Runtime,
    pub manifest: PathBuf,
    pub runtime_config: Option<PathBuf>,
    pub variables: Vec<(String, String)>,
    pub report_memory: bool,
}

impl Part {
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

    /// Starts it. Does not wait.
    pub(crate) fn start(&self, common: &Common<'_>) -> Process {
        let mut command = common.runtime.up_with(&common.manifest);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.arg("--state-dir").arg(&self.state);
        if let Some(file) = &common.runtime_config {
            command.arg("--runtime-config-file").arg(file);
        }
        for (name, value) in &common.variables {
            command.args(variable(name, value));
        }
        if common.report_memory && !common.runtime.is_spin() {
            command.arg("--report-memory");
        }
        for component in &self.components {
            command.args(["--component-id", component]);
        }
        Process::start(&self.name, &mut command)
    }

    /// Where it can be asked whether it serves.
    fn health(&self) -> String {
        match self.components[..] {
            [only] if only != "gateway" => format!("/{only}/healthz"),
            _ => "/healthz".into(),
        }
    }

    /// The host announces itself; Spin has to be asked, since it says that it
    /// serves before it does.
    pub(crate) fn wait_until_served(&self, runtime: &Runtime, process: &mut Process) {
        if !runtime.is_spin() {
            let said = process.wait_for_line(|line| line.starts_with("Serving http").then_some(()));
            assert!(
                said.is_some(),
                "the host ({}) did not say that it serves:\n{}",
                self.name,
                process.log()
            );
            return;
        }
        let client = Client::new(&self.origin());
        wait::until(&format!("spin ({}) to answer", self.name), || {
            if let Some(status) = process.exited() {
                panic!("spin has ended ({status}):\n{}", process.log());
            }
            // The mailbox has no health of its own: any answer of it will do.
            client
                .try_get(&self.health())
                .filter(|reply| reply.status == 200 || self.runs("mailbox"))
        });
    }
}
