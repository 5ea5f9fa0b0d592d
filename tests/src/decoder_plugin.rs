//! A decoder plugin alone: the built file, without any capability, run by the host's engine
//! and called through its interface.

use std::path::{Path, PathBuf};

use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::contract::Surface;
use crate::plugin::{State, instance_of};

mod bindings {
    #![allow(missing_docs, reason = "generated from the WIT")]
    wasmtime::component::bindgen!({
        path: "../wit/decoding",
        world: "decoder-plugin",
        additional_derives: [PartialEq, Clone],
    });
}

pub use bindings::exports::tonearm::decoding::decoder::{Description, Error, Pcm, Settings};

/// A running plugin. All sessions share its memory, as in the converter.
pub struct DecoderPlugin {
    file: PathBuf,
    store: Store<State>,
    world: bindings::DecoderPlugin,
}

/// A handle of a session, valid until [`DecoderPlugin::drop`] or the end of the plugin.
#[derive(Clone, Copy, Debug)]
pub struct Session(ResourceAny);

impl DecoderPlugin {
    /// Loads a built plugin.
    pub fn load(file: &Path) -> Self {
        let (mut store, component, linker) = instance_of(file);
        let world = bindings::DecoderPlugin::instantiate(&mut store, &component, &linker)
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
        let decoder = self.world.tonearm_decoding_decoder();
        let answer = decoder.call_describe(&mut self.store);
        answer.expect("describe does not trap")
    }

    /// Opens a session.
    ///
    /// # Errors
    /// The plugin's own.
    pub fn open(&mut self, settings: &Settings) -> Result<Session, Error> {
        let sessions = self.world.tonearm_decoding_decoder().session();
        let answer = sessions.call_open(&mut self.store, settings);
        answer.expect("open does not trap").map(Session)
    }

    /// Decodes packets.
    pub fn decode(&mut self, session: Session, packets: &[Vec<u8>]) -> Vec<Result<Pcm, String>> {
        let sessions = self.world.tonearm_decoding_decoder().session();
        let answer = sessions.call_decode(&mut self.store, session.0, packets);
        answer.expect("decode does not trap")
    }

    /// Returns what the decoder still holds.
    ///
    /// # Errors
    /// The plugin's own.
    pub fn flush(&mut self, session: Session) -> Result<Pcm, String> {
        let sessions = self.world.tonearm_decoding_decoder().session();
        let answer = sessions.call_flush(&mut self.store, session.0);
        answer.expect("flush does not trap")
    }

    /// Forgets the packets so far.
    pub fn reset(&mut self, session: Session) {
        let sessions = self.world.tonearm_decoding_decoder().session();
        let answer = sessions.call_reset(&mut self.store, session.0);
        answer.expect("reset does not trap");
    }

    /// Drops a session.
    pub fn drop(&mut self, session: Session) {
        let dropped = session.0.resource_drop(&mut self.store);
        dropped.expect("dropping does not trap");
    }

    /// The plugin's memory, in bytes.
    pub fn memory(&self) -> usize {
        self.store.data().memory()
    }
}
