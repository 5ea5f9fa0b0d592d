//! Links the libraries that `scripts/setup/ffmpeg.sh` has built, with the C functions in
//! `c/`. Where they are missing, the plugin is built without decoders: `cfg(libavcodec)` is
//! not set.

use std::env::{var, var_os};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Names the folder that contains `wasm32/` and `native/`. Without it, set-up's cache.
const VARIABLE: &str = "TONEARM_FFMPEG";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(libavcodec)");
    for name in [VARIABLE, "XDG_CACHE_HOME", "HOME"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    println!("cargo::rerun-if-changed=c");
    let Some(root) = root() else { return Ok(()) };
    // Changes when the libraries do. A missing file runs this script each time.
    println!("cargo::rerun-if-changed={}", root.join("STAMP").display());
    let is_wasm = var("CARGO_CFG_TARGET_FAMILY")? == "wasm";
    let built = root.join(if is_wasm { "wasm32" } else { "native" });
    let can_link = is_wasm || var("HOST")? == var("TARGET")?;
    match can_link && built.join("lib/libavcodec.a").is_file() {
        true => link(&built, is_wasm),
        false => Ok(()),
    }
}

fn root() -> Option<PathBuf> {
    let cache = || match var_os("XDG_CACHE_HOME") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => Some(Path::new(&var_os("HOME")?).join(".cache")),
    };
    match var_os(VARIABLE) {
        Some(folder) => Some(folder.into()),
        None => Some(cache()?.join("tonearm/ffmpeg")),
    }
}

fn link(built: &Path, is_wasm: bool) -> Result<(), Box<dyn Error>> {
    let mut build = cc::Build::new();
    build
        .file("c/session.c")
        .include(built.join("include"))
        .opt_level(3)
        .warnings_into_errors(true);
    if is_wasm {
        build.flag("-msimd128");
    }
    build.try_compile("tonearm_session")?;
    let lib = built.join("lib");
    println!("cargo::rustc-link-search=native={}", lib.display());
    for name in ["avcodec", "swresample", "avutil"] {
        if lib.join(format!("lib{name}.a")).is_file() {
            println!("cargo::rustc-link-lib=static={name}");
        }
    }
    if !is_wasm {
        println!("cargo::rustc-link-lib=m");
    }
    println!("cargo::rustc-cfg=libavcodec");
    Ok(())
}
