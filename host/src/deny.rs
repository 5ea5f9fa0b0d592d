//! What a dependency gets in place of the capabilities it imports: nothing.
//!
//! A dependency's standard library imports much of WASI, whether it is used or not.
//! For each import that would give a capability, this makes a component that has the
//! same shape and does nothing, so that the host's own never reaches the dependency:
//! a list comes back empty (no environment, no folders), anything else traps.
//! What gives none is left to the host, as in Spin: clocks, random numbers, and
//! standard output, which goes to the log.

use std::fmt::Write as _;

use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, Type, TypeDefKind, WasmExport, WasmExportKind,
    WorldItem,
};

/// Interfaces of WASI that give no capability, or only types; by name without version.
const HARMLESS: [&str; 20] = [
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    // Its files can be reached through `preopens` only.
    "wasi:filesystem/types",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    // Sockets come from `*-create-socket` only.
    "wasi:sockets/network",
];

/// A component that exports every capability which `dependency` imports and gives
/// none of them; nothing if it imports none.
pub fn deny_capabilities(dependency: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let decoded = wit_component::decode(dependency).map_err(|error| format!("{error:#}"))?;
    let DecodedWasm::Component(mut resolve, world) = decoded else {
        return Err("it is not a component".to_owned());
    };
    let mut denied = Vec::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        let name = resolve.id_of(*id).unwrap_or_default();
        if HARMLESS.contains(&name.split('@').next().unwrap_or_default()) {
            continue;
        }
        if !name.starts_with("wasi:") && !name.starts_with("fermyon:spin/") {
            return Err(format!(
                "it imports {name}, and a dependency cannot have dependencies"
            ));
        }
        denied.push(name);
    }
    if denied.is_empty() {
        return Ok(None);
    }
    stub(&mut resolve, &denied)
        .map(Some)
        .map_err(|error| format!("cannot deny imports: {error}"))
}

/// Makes a component that exports `interfaces`, known to `resolve`.
fn stub(resolve: &mut Resolve, interfaces: &[String]) -> Result<Vec<u8>, String> {
    let mut wit = "package tonearm:denied;\nworld denied {\n".to_owned();
    for interface in interfaces {
        // Writing to a string does not fail.
        _ = writeln!(wit, "  export {interface};");
    }
    wit.push_str("}\n");
    let fail = |error: &dyn std::fmt::Display| format!("{error:#}");
    let package = resolve.push_str("denied.wit", &wit).map_err(|e| fail(&e))?;
    let world = resolve
        .select_world(&[package], None)
        .map_err(|e| fail(&e))?;

    // Page 0 is all zeros: at any address of it is an empty list, and a `none`.
    let mut module = "(module\n(memory (export \"memory\") 1)\n\
        (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) unreachable)\n"
        .to_owned();
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        for func in resolve.interfaces[*id].functions.values() {
            let export = WasmExport::Func {
                interface: Some(key),
                func,
                kind: WasmExportKind::Normal,
            };
            let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
            let name = resolve.wasm_export_name(abi, export);
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, func);
            _ = writeln!(
                module,
                "(func (export {name:?}) (param{}) (result{}) {})",
                types(&signature.params),
                types(&signature.results),
                if is_list_or_option(resolve, func) {
                    "i32.const 64"
                } else {
                    "unreachable"
                },
            );
        }
    }
    module.push(')');
    let mut module = wat::parse_str(&module).map_err(|e| fail(&e))?;
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .map_err(|e| fail(&e))?;
    let mut encoder = ComponentEncoder::default()
        .module(&module)
        .map_err(|e| fail(&e))?;
    encoder.encode().map_err(|e| fail(&e))
}

/// Whether all zeros at the address that `func` returns is an empty value of its type.
fn is_list_or_option(resolve: &Resolve, func: &Function) -> bool {
    let Some(Type::Id(id)) = func.result else {
        return false;
    };
    match &resolve.types[id].kind {
        TypeDefKind::List(_) => true,
        // Options of small values are returned as such, not at an address.
        TypeDefKind::Option(of) => matches!(of, Type::String),
        _ => false,
    }
}

fn types(types: &[WasmType]) -> String {
    types
        .iter()
        .map(|ty| match ty {
            WasmType::I32 | WasmType::Pointer | WasmType::Length => " i32",
            WasmType::I64 | WasmType::PointerOrI64 => " i64",
            WasmType::F32 => " f32",
            WasmType::F64 => " f64",
        })
        .collect()
}
