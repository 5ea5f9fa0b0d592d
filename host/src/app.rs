//! A running app: its components with what each is granted.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::allowed_hosts::AllowedHosts;
use crate::bindings::GuestPre;
use crate::memory::PeakMemory;
use crate::redis_trigger::Subscription;
use crate::routes::Router;
use crate::state::State;
use crate::stores;

/// A running app.
pub struct App {
    /// From the manifest.
    pub name: String,
    /// From the manifest; may be empty.
    pub version: String,
    /// By id.
    pub components: BTreeMap<String, Arc<Component>>,
    /// Public routes.
    pub router: Router,
    /// One per Redis address.
    pub subscriptions: Vec<Subscription>,
    /// The most bytes of one linear memory.
    pub max_instance_memory: Option<usize>,
    /// Where the app listens, once it does.
    pub local_addr: OnceLock<SocketAddr>,
    /// Held by whatever must end before the host does.
    pub busy: mpsc::Sender<()>,
    /// Compiled the components and runs them.
    pub engine: Engine,
}

/// A component, with all that it is granted and nothing else.
pub struct Component {
    /// Its id.
    pub id: Arc<str>,
    /// Makes instances that answer HTTP requests.
    pub http: Option<ProxyPre<State>>,
    /// Makes instances that handle Redis messages.
    pub redis: Option<GuestPre<State>>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// The values it may read.
    pub variables: HashMap<String, String>,
    /// Where it may connect to.
    pub allowed_hosts: AllowedHosts,
    /// The stores it may open.
    pub stores: HashMap<String, stores::Store>,
    /// The databases it may open; `None` is in memory.
    pub databases: HashMap<String, Option<PathBuf>>,
    /// Over all its instances.
    pub peak_memory: Arc<PeakMemory>,
}

impl App {
    /// A store for a fresh instance of `component`.
    pub(crate) fn store(self: &Arc<Self>, component: &Arc<Component>) -> Store<State> {
        let mut store = Store::new(&self.engine, State::new(self, component));
        store.limiter(|state| &mut state.memory);
        // At each turn's end the guest yields to what else its thread has to do.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }

    /// A line per component with the most memory that an instance of it has had.
    pub fn report_memory(&self) {
        let mut out = std::io::stderr().lock();
        for (id, component) in &self.components {
            let bytes = component.peak_memory.bytes();
            _ = writeln!(out, "peak-memory component={id} bytes={bytes}");
        }
    }
}

impl Component {
    /// Logs how an instance ended.
    pub(crate) fn log_end(&self, result: wasmtime::Result<()>, state: &State) {
        let component = &*self.id;
        if let Err(error) = result {
            tracing::error!(component, "failed: {}", error.root_cause());
            tracing::debug!(component, "{error:?}");
        }
        tracing::debug!(
            component,
            "instance ended, {} bytes of memory",
            state.memory.bytes()
        );
    }
}
