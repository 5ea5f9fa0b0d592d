//! A running app: its components, routes and subscriptions.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::bindings::GuestPre;
use crate::grants::Grants;
use crate::routes::Router;
use crate::state::State;

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
    /// Limit of each linear memory, in bytes.
    pub max_instance_memory: Option<usize>,
    /// The address of the HTTP listener, once it is bound.
    pub local_addr: OnceLock<SocketAddr>,
    /// Cloned by every task that must finish before the host exits.
    pub busy: mpsc::Sender<()>,
    /// Runs the components.
    pub engine: Engine,
}

/// A linked component.
pub struct Component {
    /// What it may use.
    pub grants: Arc<Grants>,
    /// Creates instances that handle HTTP requests.
    pub http: Option<ProxyPre<State>>,
    /// Creates instances that handle Redis messages.
    pub redis: Option<GuestPre<State>>,
}

/// The Redis triggers of one address.
pub struct Subscription {
    /// Connects to the address.
    pub client: redis::Client,
    /// The components of each channel.
    pub channels: BTreeMap<String, Vec<Arc<Component>>>,
}

impl App {
    /// A store for a new instance of `component`.
    pub(crate) fn store(self: &Arc<Self>, component: &Component) -> Store<State> {
        let state = State::new(&component.grants, self.max_instance_memory, self.clone());
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.memory);
        // After each time slice the guest yields to the other tasks of its thread.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }

    /// Prints each component's peak memory to standard error.
    pub fn report_memory(&self) {
        let mut out = std::io::stderr().lock();
        for (id, component) in &self.components {
            let bytes = component.grants.peak_memory.bytes();
            _ = writeln!(out, "peak-memory component={id} bytes={bytes}");
        }
    }
}

impl Component {
    /// Logs how an instance ended.
    pub(crate) fn log_end(&self, result: wasmtime::Result<()>, state: &State) {
        let component = &*self.grants.component;
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
