//! Prepares an app: links its components and resolves and checks their grants, so that
//! every mistake is reported before the app serves.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::allowed_hosts::AllowedHosts;
use crate::app::{App, Component, Subscription};
use crate::bindings::GuestPre;
use crate::compiled;
use crate::grants::Grants;
use crate::link::{link, linker};
use crate::manifest::{Component as Entry, Manifest};
use crate::routes::Router;
use crate::runtime_config::RuntimeConfig;
use crate::state::State;
use crate::stores;
use crate::variables::Variables;

mod error;

pub use error::{AppError, ComponentError};

impl App {
    /// Loads and checks everything. `code` has the file with each component's machine
    /// code. The app keeps `busy` and clones it for every task that must finish before
    /// the host exits.
    pub fn load(
        manifest: &Manifest,
        code: &BTreeMap<String, PathBuf>,
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
        let stores = stores::open_all(config.stores.iter().filter(|(label, _)| granted(label)))?;
        let engine = crate::engine::running().map_err(AppError::Engine)?;
        let linker = linker(&engine).map_err(AppError::Engine)?;
        let loader = Loader {
            manifest,
            code,
            variables,
            config,
            stores,
            linker,
        };
        let mut components = BTreeMap::new();
        for (id, entry) in &manifest.components {
            let component = loader
                .load(id, entry)
                .map_err(|source| AppError::Component {
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
}

struct Loader<'a> {
    manifest: &'a Manifest,
    code: &'a BTreeMap<String, PathBuf>,
    variables: &'a Variables,
    config: &'a RuntimeConfig,
    stores: HashMap<String, stores::Store>,
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

        let path = PathBuf::from(&entry.source);
        let code = self.code.get(id).ok_or(ComponentError::NotCompiled)?;
        let wasm =
            compiled::load(self.linker.engine(), code).map_err(|source| ComponentError::Load {
                path: code.clone(),
                source,
            })?;
        let pre =
            link(&self.linker, &wasm).map_err(|source| ComponentError::Link { path, source })?;
        let http = ProxyPre::new(pre.clone()).ok();
        let redis = GuestPre::new(pre).ok();
        if has_http && http.is_none() {
            let export = "wasi:http/incoming-handler@0.2";
            return Err(ComponentError::NoHandler {
                trigger: "http",
                export,
            });
        }
        if has_redis && redis.is_none() {
            let export = "fermyon:spin/inbound-redis";
            return Err(ComponentError::NoHandler {
                trigger: "redis",
                export,
            });
        }
        let grants = Grants {
            component: id.into(),
            environment: entry.environment.clone().into_iter().collect(),
            variables,
            allowed_hosts,
            stores,
            databases,
            peak_memory: Arc::default(),
        };
        Ok(Component {
            grants: Arc::new(grants),
            http: http.filter(|_| has_http),
            redis: redis.filter(|_| has_redis),
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

/// The entries of `available` under `labels`.
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

/// Groups the Redis triggers by address string: one subscriber per address, as in Spin.
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
