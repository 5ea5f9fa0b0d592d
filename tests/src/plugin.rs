//! An encoder plugin alone: the built file, without any capability, run by the host's
//! engine and called through its interface.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use wasmtime::component::{Component, Linker, ResourceAny, ResourceTable};
use wasmtime::{Engine, ResourceLimiter, Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::contract::Surface;

mod bindings {
    #![allow(missing_docs, reason = "generated from the WIT")]
    wasmtime::component::bindgen!({
        path: "../wit/audio",
        world: "encoder-plugin",
        additional_derives: [PartialEq, Clone],
    });
}

pub use bindings::exports::tonearm::audio::encoder::{
    Description, Ending, Error, PcmFormat, RateControl, Settings,
};

/// A running plugin. All sessions share its memory, as in the converter.
pub struct Plugin {
    file: PathBuf,
    store: Store<State>,
    world: bindings::EncoderPlugin,
}

/// A handle of a session, valid until [`Plugin::drop`] or the end of the plugin.
#[derive(Clone, Copy, Debug)]
pub struct Session(ResourceAny);

/// The result of a call. A trap fails the test.
pub type Answer<T> = Result<T, Error>;

/// What a running plugin has: WASI without anything in it.
pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    memory: usize,
}

impl State {
    /// Bytes of the plugin's memory.
    pub(crate) fn memory(&self) -> usize {
        self.memory
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

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.memory += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// The shared engine: each engine reserves address space for a thousand instances.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| tonearm_host::plugin::engine().expect("wasmtime makes an engine"))
}

/// Compiles a built plugin, as in production without any capability.
pub(crate) fn instance_of(file: &Path) -> (Store<State>, Component, Linker<State>) {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let bytes = tonearm_host::plugin::sealed(bytes)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let component = tonearm_host::plugin::component(engine(), &bytes, &std::env::temp_dir())
        .expect("it compiles");
    let mut linker = Linker::new(engine());
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("WASI links");
    let state = State {
        wasi: WasiCtx::builder().build(),
        table: ResourceTable::new(),
        memory: 0,
    };
    let mut store = Store::new(engine(), state);
    store.limiter(|state| state);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Continue(1)));
    (store, component, linker)
}

impl Plugin {
    /// Loads a built plugin.
    pub fn load(file: &Path) -> Self {
        let (mut store, component, linker) = instance_of(file);
        let world = bindings::EncoderPlugin::instantiate(&mut store, &component, &linker)
            .unwrap_or_else(|error| panic!("{}: {error:#}", file.display()));
        Self {
            file: file.to_owned(),
            store,
            world,
        }
    }

    /// The imports and exports of the file.
    pub fn surface(&self) -> Surface {
        Surface::of_component(&self.file)
    }

    /// The plugin's description.
    pub fn describe(&mut self) -> Description {
        let encoder = self.world.tonearm_audio_encoder();
        encoder
            .call_describe(&mut self.store)
            .expect("describe does not trap")
    }

    /// Opens a session.
    pub fn open(&mut self, settings: &Settings) -> Answer<Session> {
        let sessions = self.world.tonearm_audio_encoder().session();
        let answer = sessions.call_open(&mut self.store, *settings);
        answer.expect("open does not trap").map(Session)
    }

    /// Pushes a block.
    pub fn push(&mut self, session: Session, pcm: &[f32]) -> Answer<Vec<u8>> {
        let sessions = self.world.tonearm_audio_encoder().session();
        let answer = sessions.call_push(&mut self.store, session.0, pcm);
        answer.expect("push does not trap")
    }

    /// Finishes a stream.
    pub fn finish(&mut self, session: Session) -> Answer<Ending> {
        let sessions = self.world.tonearm_audio_encoder().session();
        let answer = sessions.call_finish(&mut self.store, session.0);
        answer.expect("finish does not trap")
    }

    /// Drops a session.
    pub fn drop(&mut self, session: Session) {
        session
            .0
            .resource_drop(&mut self.store)
            .expect("dropping does not trap");
    }

    /// The plugin's memory, in bytes.
    pub fn memory(&self) -> usize {
        self.store.data().memory()
    }

    /// Encodes a whole stream, and replaces its start with the final header.
    pub fn encode(&mut self, settings: &Settings, pcm: &[f32]) -> (Vec<u8>, Ending) {
        let session = self.open(settings).expect("the settings are valid");
        let block = self.describe().max_block as usize * usize::from(settings.format.channels);
        let mut stream = Vec::new();
        for block in pcm.chunks(block) {
            stream.extend(self.push(session, block).expect("the block is right"));
        }
        let ending = self.finish(session).expect("it was not finished before");
        self.drop(session);
        stream.extend(&ending.tail);
        stream[..ending.header.len()].copy_from_slice(&ending.header);
        (stream, ending)
    }
}
