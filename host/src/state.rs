//! What one guest instance has: its grants, its WASI, its open handles.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::app::{App, Component};
use crate::guest_log::GuestLog;
use crate::memory::MemoryWatch;
use crate::outbound_http::OutboundHttp;

/// The data of a wasmtime store: one instance, for one request or message.
pub struct State {
    /// Whose instance this is, with all it may do.
    pub component: Arc<Component>,
    /// Open handles of every interface.
    pub table: ResourceTable,
    /// Counts and limits the memory.
    pub memory: MemoryWatch,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound_http: OutboundHttp,
}

impl State {
    /// For a fresh instance of `component`: no files, no sockets, no arguments.
    pub fn new(app: &Arc<App>, component: &Arc<Component>) -> Self {
        let wasi = WasiCtx::builder()
            .envs(&component.environment)
            .stdout(GuestLog::new(component.id.clone()))
            .stderr(GuestLog::new(component.id.clone()))
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        Self {
            component: component.clone(),
            table: ResourceTable::new(),
            memory: MemoryWatch::new(app.max_instance_memory, component.peak_memory.clone()),
            wasi,
            http: WasiHttpCtx::new(),
            outbound_http: OutboundHttp::new(app, component),
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
