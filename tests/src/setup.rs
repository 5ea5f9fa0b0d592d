//! What a test wants to have different from the app's defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::layout::Layout;
use crate::paths;

/// What a test wants to have different.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) layout: Layout,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) components: Vec<&'static str>,
    pub(crate) own_redis: bool,
    pub(crate) report_memory: bool,
    encoder: Option<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup {
    /// The app as it is by default, in the layout that `LAYOUT` asks for.
    pub fn new() -> Self {
        Self {
            layout: Layout::asked_for(),
            variables: BTreeMap::new(),
            components: Vec::new(),
            own_redis: false,
            report_memory: false,
            encoder: None,
        }
    }

    /// A process per service, whatever `LAYOUT` says.
    pub fn split(mut self) -> Self {
        self.layout = Layout::Split;
        self
    }

    /// One process, whatever `LAYOUT` says.
    pub fn together(mut self) -> Self {
        self.layout = Layout::Together;
        self
    }

    /// Sets a variable of the manifest.
    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.insert(name.into(), value.to_string());
        self
    }

    /// Without those who work off the queues: a job stays as it was accepted.
    /// Needed by tests of that state, and quicker for those of the API alone.
    pub fn without_workers(mut self) -> Self {
        self.components = vec!["auth", "gateway"];
        self
    }

    /// Wants a Redis that may be stopped.
    pub fn own_redis(mut self) -> Self {
        self.own_redis = true;
        self
    }

    /// Wants the host to tell each component's peak memory when it ends. Spin
    /// has nothing like it.
    pub fn report_memory(mut self) -> Self {
        self.report_memory = true;
        self
    }

    /// With another encoder plugin, by the name of its file.
    pub fn encoder(mut self, plugin: &str) -> Self {
        self.encoder = Some(plugin.into());
        self
    }

    /// The project's manifest, or a copy of it in `folder` with the one line
    /// changed that names the encoder.
    pub(crate) fn manifest(&self, folder: &Path) -> PathBuf {
        let Some(plugin) = &self.encoder else {
            return paths::manifest();
        };
        let text = std::fs::read_to_string(paths::manifest()).expect("the manifest can be read");
        assert!(text.contains("mp3_lame.wasm"), "{text}");
        let built = paths::wasm(plugin);
        let built = built.parent().expect("it is in a folder").to_string_lossy();
        let text = text
            .replace("mp3_lame.wasm", &format!("{plugin}.wasm"))
            .replace("target/wasm32-wasip2/release", &built);
        let file = folder.join("spin.toml");
        std::fs::write(&file, text).expect("the folder can be written to");
        file
    }
}
