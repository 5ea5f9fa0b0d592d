//! Denies a dependency the capabilities that it imports.
//!
//! A dependency's standard library imports much of WASI, used or not. This module creates
//! a component that exports those interfaces, so that the dependency never reaches the
//! host's own. Functions that return a list return an empty one (no environment, no
//! folders); all others trap. Interfaces that grant no capability are linked to the host,
//! as in Spin: clocks, random numbers, and standard output, which goes to the log.

use std::fmt::Write as _;

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Instruction, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    LiftLowerAbi, ManglingAndAbi, Resolve, Type, TypeDefKind, WasmExport, WasmExportKind, WorldItem,
};

/// WASI interfaces that grant no capability or contain only types, without versions.
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
    // Files are reachable only through `preopens`.
    "wasi:filesystem/types",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    // Only `*-create-socket` creates sockets.
    "wasi:sockets/network",
];

/// Address of a value that is empty as a list and as an option. Memory is all zeros.
const EMPTY: i32 = 64;

/// A component that exports every capability interface that `dependency` imports and
/// denies all of them; `None` if there is no such import.
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

/// A component that exports `interfaces`, which `resolve` contains.
fn stub(resolve: &mut Resolve, interfaces: &[String]) -> Result<Vec<u8>, String> {
    let mut wit = "package tonearm:denied;\nworld denied {\n".to_owned();
    for interface in interfaces {
        // Writing to a string cannot fail.
        _ = writeln!(wit, "  export {interface};");
    }
    wit.push_str("}\n");
    let fail = |error: &dyn std::fmt::Display| format!("{error:#}");
    let package = resolve.push_str("denied.wit", &wit).map_err(|e| fail(&e))?;
    let world = resolve
        .select_world(&[package], None)
        .map_err(|e| fail(&e))?;

    let mut module = StubModule::default();
    module.function(
        "cabi_realloc",
        [ValType::I32; 4],
        [ValType::I32],
        Instruction::Unreachable,
    );
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
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, func);
            let body = if is_list_or_option(resolve, func) {
                Instruction::I32Const(EMPTY)
            } else {
                Instruction::Unreachable
            };
            module.function(
                &resolve.wasm_export_name(abi, export),
                signature.params.iter().map(val_type),
                signature.results.iter().map(val_type),
                body,
            );
        }
    }
    let mut module = module.finish();
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .map_err(|e| fail(&e))?;
    let mut encoder = ComponentEncoder::default()
        .module(&module)
        .map_err(|e| fail(&e))?;
    encoder.encode().map_err(|e| fail(&e))
}

/// Whether zeros at the address that `func` returns are an empty value of its type.
fn is_list_or_option(resolve: &Resolve, func: &wit_parser::Function) -> bool {
    let Some(Type::Id(id)) = func.result else {
        return false;
    };
    match &resolve.types[id].kind {
        TypeDefKind::List(_) => true,
        // Options of small values are returned directly, not by address.
        TypeDefKind::Option(of) => matches!(of, Type::String),
        _ => false,
    }
}

/// A core module of functions with one instruction each.
#[derive(Default)]
struct StubModule {
    types: TypeSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
}

impl StubModule {
    fn function(
        &mut self,
        name: &str,
        params: impl IntoIterator<Item = ValType, IntoIter: ExactSizeIterator>,
        results: impl IntoIterator<Item = ValType, IntoIter: ExactSizeIterator>,
        body: Instruction<'_>,
    ) {
        let index = self.types.len();
        self.types.ty().function(params, results);
        self.functions.function(index);
        self.exports.export(name, ExportKind::Func, index);
        let mut function = Function::new([]);
        function.instruction(&body).instruction(&Instruction::End);
        self.code.function(&function);
    }

    /// The module, with a memory of one page.
    fn finish(mut self) -> Vec<u8> {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        self.exports.export("memory", ExportKind::Memory, 0);
        let mut module = Module::new();
        module
            .section(&self.types)
            .section(&self.functions)
            .section(&memories)
            .section(&self.exports)
            .section(&self.code);
        module.finish()
    }
}

fn val_type(ty: &WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}
