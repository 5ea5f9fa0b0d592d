//! An app made ready to run: its components compiled and linked, their grants
//! resolved and checked.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;
use wasmtime::component::Component as Wasm;
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::allowed_hosts::{AllowedHostError, AllowedHosts};
use crate::bindings::GuestPre;
use crate::compose::{ComposeError, compose};
use crate::key_value::{self, StoreError};
use crate::link::{link, linker};
use crate::manifest::{Component as Entry, Manifest};
use crate::memory::PeakMemory;
use crate::redis_trigger::Subscription;
use crate::routes::{RouteError, Router};
use crate::runtime_config::RuntimeConfig;
use crate::state::State;
use crate::variables::{VariableError, Variables};

/// Why an app cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// wasmtime does not work here.
    #[error("cannot start wasmtime: {0:#}")]
    Engine(wasmtime::Error),
    /// A route is not usable.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// A store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something in the manifest, outside of components.
    #[error("{field}: {source}")]
    Variable {
        /// The key, as a path through the tables.
        field: String,
        /// What is wrong.
        source: VariableError,
    },
    /// A Redis trigger's address is none.
    #[error("trigger.redis.address of component {component:?}: {reason}")]
    RedisAddress {
        /// The component's id.
        component: String,
        /// What is wrong.
        reason: String,
    },
    /// A component cannot be used.
    #[error("component {id:?}: {source}")]
    Component {
        /// Its id.
        id: String,
        /// What is wrong with it.
        source: ComponentError,
    },
}

/// Why a component cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// A dependency does not fit.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Not a component, or one that this wasmtime cannot compile.
    #[error("cannot compile {path}: {source:#}")]
    Compile {
        /// The `.wasm`.
        path: PathBuf,
        /// What wasmtime said.
        source: wasmtime::Error,
    },
    /// An import that nobody satisfies.
    #[error("cannot link {path}: {source:#}")]
    Link {
        /// The `.wasm`.
        path: PathBuf,
        /// What wasmtime said.
        source: wasmtime::Error,
    },
    /// A trigger names it and it has no handler for that.
    #[error("it has an {trigger} trigger but does not export {export}")]
    NoHandler {
        /// Which trigger.
        trigger: &'static str,
        /// The missing export.
        export: &'static str,
    },
    /// A template in its variables or hosts.
    #[error("{key}: {source}")]
    Variable {
        /// Which key.
        key: &'static str,
        /// What is wrong.
        source: VariableError,
    },
    /// An entry of `allowed_outbound_hosts`.
    #[error("allowed_outbound_hosts: {0}")]
    AllowedHosts(#[from] AllowedHostError),
    /// It is granted what is not configured.
    #[error("{key} lists {label:?}, which the runtime config does not have; it has: {configured}")]
    NotConfigured {
        /// Which key.
        key: &'static str,
        /// The label without a place.
        label: String,
        /// Every configured label.
        configured: String,
    },
    /// It has a Redis trigger and would call other components by name.
    #[error(
        "it has a Redis trigger, so it cannot call http://{0}.spin.internal: Spin allows that to HTTP-triggered components only"
    )]
    ChainingFromRedis(String),
    /// It would call a component that does not run.
    #[error("it may call http://{0}.spin.internal, but no such component is started")]
    ChainingToAbsent(String),
}

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
    engine: Engine,
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
    pub stores: HashMap<String, key_value::Store>,
    /// The databases it may open; `None` is in memory.
    pub databases: HashMap<String, Option<PathBuf>>,
    /// Over all its instances.
    pub peak_memory: Arc<PeakMemory>,
}

impl App {
    /// Compiles and checks everything, so that what is wrong is known before the app
    /// serves. Paths in the manifest are relative to `dir`.
    ///
    /// # Errors
    /// Names the first thing that is wrong.
    pub fn load(
        manifest: &Manifest,
        dir: &Path,
        variables: &Variables,
        config: &RuntimeConfig,
        busy: mpsc::Sender<()>,
    ) -> Result<Self, AppError> {
        let router = Router::new(&manifest.triggers.http)?;
        let granted = |label: &String| {
            manifest
                .components
                .values()
                .any(|entry| entry.key_value_stores.contains(label))
        };
        let stores = key_value::open_all(config.stores.iter().filter(|(label, _)| granted(label)))?;
        let engine = crate::engine::engine(&config.state_dir).map_err(AppError::Engine)?;
        let linker = linker(&engine).map_err(AppError::Engine)?;
        let loader = Loader {
            manifest,
            dir,
            variables,
            config,
            stores,
            linker,
        };
        // Compiling is what takes long, so components are compiled side by side.
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = manifest
                .components
                .iter()
                .map(|(id, entry)| (id, scope.spawn(|| loader.load(id, entry))))
                .collect();
            threads
                .into_iter()
                .map(|(id, thread)| (id, thread.join()))
                .collect()
        });
        let mut components = BTreeMap::new();
        for (id, result) in results {
            let result = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let component = result.map_err(|source| AppError::Component {
                id: id.clone(),
                source,
            })?;
            components.insert(id.clone(), Arc::new(component));
        }
        let subscriptions = subscriptions(manifest, variables, &components)?;
        Ok(Self {
            name: manifest.application.name.clone(),
            version: manifest.application.version.clone(),
            components,
            router,
            subscriptions,
            max_instance_memory: config.max_instance_memory,
            local_addr: OnceLock::new(),
            busy,
            engine,
        })
    }

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
        for (id, component) in &self.components {
            eprintln!(
                "peak-memory component={id} bytes={}",
                component.peak_memory.bytes()
            );
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

struct Loader<'a> {
    manifest: &'a Manifest,
    dir: &'a Path,
    variables: &'a Variables,
    config: &'a RuntimeConfig,
    stores: HashMap<String, key_value::Store>,
    linker: wasmtime::component::Linker<State>,
}

impl Loader<'_> {
    fn load(&self, id: &str, entry: &Entry) -> Result<Component, ComponentError> {
        let has_http = self
            .manifest
            .triggers
            .http
            .iter()
            .any(|t| t.component == id);
        let has_redis = self
            .manifest
            .triggers
            .redis
            .iter()
            .any(|t| t.component == id);
        let allowed_hosts = self.allowed_hosts(entry, has_redis)?;
        let expand = |(name, template): (&String, &String)| {
            Ok((name.clone(), self.variables.expand(template)?))
        };
        let variables = entry
            .variables
            .iter()
            .map(expand)
            .collect::<Result<_, _>>()
            .map_err(|source| ComponentError::Variable {
                key: "variables",
                source,
            })?;
        let stores = grants(
            "key_value_stores",
            &entry.key_value_stores,
            &self.stores,
            || self.config.stores.keys().collect(),
        )?;
        let configured: HashMap<_, _> = self.config.databases.clone().into_iter().collect();
        let databases = grants(
            "sqlite_databases",
            &entry.sqlite_databases,
            &configured,
            || self.config.databases.keys().collect(),
        )?;

        let path = self.dir.join(&entry.source);
        let bytes = compose(&path, &entry.dependencies, self.dir)?;
        let engine = self.linker.engine();
        let wasm = Wasm::from_binary(engine, &bytes).map_err(|source| ComponentError::Compile {
            path: path.clone(),
            source,
        })?;
        let pre =
            link(&self.linker, &wasm).map_err(|source| ComponentError::Link { path, source })?;
        let http = ProxyPre::new(pre.clone()).ok();
        let redis = GuestPre::new(pre).ok();
        if has_http && http.is_none() {
            let export = "wasi:http/incoming-handler@0.2";
            return Err(ComponentError::NoHandler {
                trigger: "HTTP",
                export,
            });
        }
        if has_redis && redis.is_none() {
            let export = "fermyon:spin/inbound-redis";
            return Err(ComponentError::NoHandler {
                trigger: "Redis",
                export,
            });
        }
        Ok(Component {
            id: id.into(),
            http: http.filter(|_| has_http),
            redis: redis.filter(|_| has_redis),
            environment: entry.environment.clone().into_iter().collect(),
            variables,
            allowed_hosts,
            stores,
            databases,
            peak_memory: Arc::default(),
        })
    }

    fn allowed_hosts(
        &self,
        entry: &Entry,
        has_redis: bool,
    ) -> Result<AllowedHosts, ComponentError> {
        let entries: Vec<String> = entry
            .allowed_outbound_hosts
            .iter()
            .map(|template| self.variables.expand(template))
            .collect::<Result<_, _>>()
            .map_err(|source| ComponentError::Variable {
                key: "allowed_outbound_hosts",
                source,
            })?;
        let hosts = AllowedHosts::parse(&entries)?;
        for target in hosts.chained_components() {
            if has_redis {
                return Err(ComponentError::ChainingFromRedis(target.to_owned()));
            }
            let callable = self
                .manifest
                .triggers
                .http
                .iter()
                .any(|t| t.component == target);
            if target != "*" && !callable {
                return Err(ComponentError::ChainingToAbsent(target.to_owned()));
            }
        }
        Ok(hosts)
    }
}

/// The subset of `available` that `labels` names.
fn grants<'a, T: Clone>(
    key: &'static str,
    labels: &[String],
    available: &HashMap<String, T>,
    configured: impl Fn() -> Vec<&'a String>,
) -> Result<HashMap<String, T>, ComponentError> {
    labels
        .iter()
        .map(|label| match available.get(label) {
            Some(found) => Ok((label.clone(), found.clone())),
            None => Err(ComponentError::NotConfigured {
                key,
                label: label.clone(),
                configured: configured()
                    .into_iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        })
        .collect()
}

/// Groups the Redis triggers by address string: one subscriber each, as in Spin.
fn subscriptions(
    manifest: &Manifest,
    variables: &Variables,
    components: &BTreeMap<String, Arc<Component>>,
) -> Result<Vec<Subscription>, AppError> {
    let expand = |field: &str, template: &str| {
        variables
            .expand(template)
            .map_err(|source| AppError::Variable {
                field: field.to_owned(),
                source,
            })
    };
    let mut by_address: BTreeMap<String, BTreeMap<String, Vec<Arc<Component>>>> = BTreeMap::new();
    let mut clients = BTreeMap::new();
    for trigger in &manifest.triggers.redis {
        let default = manifest.application.trigger.redis.as_ref();
        let template = trigger
            .address
            .as_deref()
            .or(default.map(|d| d.address.as_str()));
        let address = expand("trigger.redis.address", template.unwrap_or_default())?;
        let channel = expand("trigger.redis.channel", &trigger.channel)?;
        let client =
            redis::Client::open(address.as_str()).map_err(|error| AppError::RedisAddress {
                component: trigger.component.clone(),
                reason: error.to_string(),
            })?;
        clients.insert(address.clone(), client);
        if let Some(component) = components.get(&trigger.component) {
            let channels = by_address.entry(address).or_default();
            channels.entry(channel).or_default().push(component.clone());
        }
    }
    Ok(clients
        .into_iter()
        .filter_map(|(address, client)| {
            Some(Subscription {
                client,
                channels: by_address.remove(&address)?,
            })
        })
        .collect())
}
