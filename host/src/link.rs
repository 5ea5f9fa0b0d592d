//! Links a component's imports, and names those that this host does not have.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker, ResourceType};
use wasmtime::{Engine, Result, bail};

use crate::bindings::Guest;
use crate::state::State;

/// The Spin interfaces of this host. Calls of Spin's other interfaces trap.
const SUPPORTED: [&str; 4] = [
    "fermyon:spin/variables@2.0.0",
    "fermyon:spin/key-value@2.0.0",
    "fermyon:spin/sqlite@2.0.0",
    "fermyon:spin/redis@2.0.0",
];

/// A linker with everything that a component may import.
pub fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Guest::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}

/// Links `component`. An SDK may import Spin interfaces that its component never calls, so
/// a Spin interface that this host lacks is linked to traps. Any other unknown import is
/// an error.
pub fn link(linker: &Linker<State>, component: &Component) -> Result<InstancePre<State>> {
    let mut linker = linker.clone();
    let engine = linker.engine().clone();
    for (name, item) in component.component_type().imports(&engine) {
        let ComponentItem::ComponentInstance(interface) = item.ty else {
            continue;
        };
        if !name.starts_with("fermyon:spin/") || SUPPORTED.contains(&name) {
            continue;
        }
        let mut instance = linker.instance(name)?;
        for (export, item) in interface.exports(&engine) {
            let full_name = format!("{name}#{export}");
            match item.ty {
                ComponentItem::ComponentFunc(_) => instance
                    .func_new(export, move |_, _, _, _| {
                        bail!("this host does not support {full_name}")
                    })?,
                ComponentItem::Resource(_) => {
                    instance.resource(export, ResourceType::host::<()>(), |_, _| Ok(()))?;
                }
                _ => {}
            }
        }
    }
    linker.instantiate_pre(component)
}
