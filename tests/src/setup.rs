//! How a test's app differs from the defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::layout::Layout;
use crate::paths;

/// How a test's app differs from the defaults.
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
    /// The defaults, in the layout that `LAYOUT` selects.
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

    /// One process per service, regardless of `LAYOUT`.
    pub fn split(mut self) -> Self {
        self.layout = Layout::Split;
        self
    }

    /// One process, regardless of `LAYOUT`.
    pub fn together(mut self) -> Self {
        self.layout = Layout::Together;
        self
    }

    /// Sets a variable of the manifest.
    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.insert(name.into(), value.to_string());
        self
    }

    /// Leaves out the workers, so that jobs stay as they were accepted. For tests of that
    /// state, and faster for tests of the API alone.
    pub fn without_workers(mut self) -> Self {
        self.components = vec!["auth", "gateway"];
        self
    }

    /// Uses a Redis that the test can stop.
    pub fn own_redis(mut self) -> Self {
        self.own_redis = true;
        self
    }

    /// Makes the host report each component's peak memory when it exits. Spin ignores this.
    pub fn report_memory(mut self) -> Self {
        self.report_memory = true;
        self
    }

    /// Uses another encoder plugin, given by the name of its file.
    pub fn encoder(mut self, plugin: &str) -> Self {
        self.encoder = Some(plugin.into());
        self
    }

    /// The project's manifest, or a copy in `folder` that names another encoder.
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
