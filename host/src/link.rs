//! Gives a component what it imports, or says which import this host does not have.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker, ResourceType};
use wasmtime::{Engine, Result, bail};

use crate::bindings::Guest;
use crate::state::State;

/// Interfaces of Spin that are here; its others become traps.
const SUPPORTED: [&str; 4] = [
    "fermyon:spin/variables@2.0.0",
    "fermyon:spin/key-value@2.0.0",
    "fermyon:spin/sqlite@2.0.0",
    "fermyon:spin/redis@2.0.0",
];

/// Everything that this host has, for any component.
pub fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Guest::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}

/// Links `component`. An SDK may import an interface of Spin that its component never
/// calls: where this host lacks it, a call traps. Any other unknown import is an error.
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
