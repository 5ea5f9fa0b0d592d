//! Compiles LAME 3.100 from the sources that the crate `mp3lame-sys` contains. The crate
//! itself is never compiled: its build script runs autotools, which is slow and does not
//! support WebAssembly.
//!
//! The sources are copied to `OUT_DIR`. For WebAssembly, the functions that take most of the
//! time are replaced there by those of `simd/`, whose results are equal to the bit.
//! `tests/lame-plain` uses the same build script without the replacements, as a reference.

mod patches;

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use patches::{PATCHES, Result};

/// The crate that contains the sources.
const CRATE: &str = "mp3lame-sys";

/// LAME's encoder, without the decoder, the frontend and the assembly.
const FILES: [&str; 19] = [
    "bitstream",
    "encoder",
    "fft",
    "gain_analysis",
    "id3tag",
    "lame",
    "newmdct",
    "presets",
    "psymodel",
    "quantize",
    "quantize_pvt",
    "reservoir",
    "set_get",
    "tables",
    "takehiro",
    "util",
    "vbrquantize",
    "VbrTag",
    "version",
];

/// What LAME's `configure` detects with a C99 compiler, natively and for WebAssembly. It
/// enables the last two options where floats are IEEE 754: rounding by adding a large number,
/// and logarithms from a table.
const DEFINES: [(&str, Option<&str>); 12] = [
    ("STDC_HEADERS", Some("1")),
    ("HAVE_ERRNO_H", Some("1")),
    ("HAVE_FCNTL_H", Some("1")),
    ("HAVE_INTTYPES_H", Some("1")),
    ("HAVE_LIMITS_H", Some("1")),
    ("HAVE_STDINT_H", Some("1")),
    ("LAME_LIBRARY_BUILD", Some("1")),
    ("PACKAGE", Some("\"lame\"")),
    ("ieee754_float32_t", Some("float")),
    ("TAKEHIRO_IEEE754_HACK", Some("1")),
    ("USE_FAST_LOG", Some("1")),
    ("NDEBUG", None),
];

fn main() -> Result<()> {
    for watched in ["build.rs", "patches.rs", "simd"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let is_wasm = std::env::var("CARGO_CFG_TARGET_FAMILY")? == "wasm";
    let is_plain = std::env::var_os("CARGO_FEATURE_PLAIN").is_some();

    let lame = sources()?.join("lame-3.100");
    let copy = out.join("libmp3lame");
    copy_sources(&lame.join("libmp3lame"), &copy)?;
    if is_wasm && !is_plain {
        for patch in &PATCHES {
            patch.apply(&copy)?;
        }
    }

    let mut build = cc::Build::new();
    build
        .files(FILES.map(|name| copy.join(name).with_extension("c")))
        .include(lame.join("include"))
        .include(&copy)
        // Contains `vector/`, which is not copied.
        .include(lame.join("libmp3lame"))
        .include(Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("simd"))
        .warnings(false)
        .opt_level(3)
        // WebAssembly has no fused multiply-add. The compiler would still use one to fold
        // constants, and the result would depend on what it folds.
        .flag("-ffp-contract=off");
    for (name, value) in DEFINES {
        build.define(name, value);
    }
    if is_wasm {
        // LAME includes <signal.h>, which needs libc's emulation, but calls nothing of it.
        build
            .flag("-msimd128")
            .define("_WASI_EMULATED_SIGNAL", None);
    }
    build.try_compile("mp3lame")?;
    Ok(())
}

/// The folder of the crate that contains LAME, which cargo has downloaded at the version in
/// Cargo.lock.
fn sources() -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .other_options(["--locked".to_owned()])
        .exec()?;
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == CRATE);
    let package = package.ok_or_else(|| format!("{CRATE} is missing from the dependencies"))?;
    let folder = package
        .manifest_path
        .parent()
        .ok_or("the manifest has no folder")?;
    Ok(folder.into())
}

fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let file = entry?.path();
        let is_source = file.extension().is_some_and(|it| it == "c" || it == "h");
        if let (true, Some(name)) = (is_source, file.file_name()) {
            fs::write(to.join(name), fs::read(&file)?)?;
        }
    }
    Ok(())
}
