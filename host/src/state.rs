//! The state of one guest instance: its grants, its WASI context, its open handles.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::grants::Grants;
use crate::guest_log::GuestLog;
use crate::memory::MemoryLimiter;
use crate::outbound_http::{OutboundHttp, OwnApp};

/// The data of a wasmtime store: one instance, for one request or message.
pub struct State {
    /// What the instance may use.
    pub grants: Arc<Grants>,
    /// Open handles of every interface.
    pub table: ResourceTable,
    /// Counts and limits the memory.
    pub memory: MemoryLimiter,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound_http: OutboundHttp,
}

impl State {
    /// For a new instance, with no files, sockets or arguments. `app` receives its
    /// calls to other components.
    pub fn new(
        grants: &Arc<Grants>,
        max_instance_memory: Option<usize>,
        app: Arc<dyn OwnApp>,
    ) -> Self {
        let wasi = WasiCtx::builder()
            .envs(&grants.environment)
            .stdout(GuestLog::new(grants.component.clone()))
            .stderr(GuestLog::new(grants.component.clone()))
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        Self {
            grants: grants.clone(),
            table: ResourceTable::new(),
            memory: MemoryLimiter::new(max_instance_memory, grants.peak_memory.clone()),
            wasi,
            http: WasiHttpCtx::new(),
            outbound_http: OutboundHttp::new(app, grants.clone()),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outbound_http,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
