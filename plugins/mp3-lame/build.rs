//! Compiles LAME 3.100 from the sources that the crate `mp3lame-sys` carries. The crate
//! itself is never compiled: its build script runs autotools, which takes longer and
//! knows nothing of WebAssembly.
//!
//! The sources are copied to `OUT_DIR`. There, for WebAssembly, the functions that take
//! most of the time are replaced by those of `simd/`, which give the same results, bit
//! by bit. `tests/lame-plain` is built by this too, with LAME left as it is to compare with.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Where the sources come from.
const CRATE: &str = "mp3lame-sys";

/// LAME's encoder, without the decoder, the frontend and the parts in assembler.
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

/// What LAME's configure would find for WebAssembly and for every system with a C99
/// compiler, and the two options it switches on where floats are IEEE 754, as
/// WebAssembly's are: rounding by adding a large number, and logarithms by a table.
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

/// A function of LAME's, and what is done to it.
struct Patch {
    /// The file of LAME's.
    file: &'static str,
    /// The function, whose name starts the second line of its definition.
    function: &'static str,
    /// What is included before it, of `simd/`.
    header: &'static str,
    /// Loops in it, and what is put before each so that it does not run; without any,
    /// the whole function gives way to the header's of the same name.
    loops: &'static [(&'static str, &'static str)],
}

const PATCHES: [Patch; 19] = [
    Patch {
        file: "bitstream",
        function: "putbits2",
        header: "bitstream-putbits2.h",
        loops: &[],
    },
    Patch {
        file: "bitstream",
        function: "huffman_coder_count1",
        header: "bitstream-huffman_coder_count1.h",
        loops: &[],
    },
    Patch {
        file: "bitstream",
        function: "Huffmancode",
        header: "bitstream-Huffmancode.h",
        loops: &[],
    },
    Patch {
        file: "fft",
        function: "fht",
        header: "fft-fht.h",
        loops: &[],
    },
    Patch {
        file: "lame",
        function: "lame_copy_inbuffer",
        header: "lame-lame_copy_inbuffer.h",
        loops: &[],
    },
    Patch {
        file: "quantize",
        function: "init_xrpow_core_c",
        header: "quantize-init_xrpow_core_c.h",
        loops: &[],
    },
    Patch {
        file: "quantize_pvt",
        function: "athAdjust",
        header: "quantize_pvt-athAdjust.h",
        loops: &[],
    },
    Patch {
        file: "quantize_pvt",
        function: "calc_xmin",
        header: "quantize_pvt-calc_xmin.h",
        loops: &[(
            // The spaces tell it from the one for short blocks.
            "for (l = 0; l < width; ++l) {\n            FLOAT const xa",
            "SUM_BAND if (0)",
        )],
    },
    Patch {
        file: "VbrTag",
        function: "UpdateMusicCRC",
        header: "VbrTag-UpdateMusicCRC.h",
        loops: &[],
    },
    Patch {
        file: "vbrquantize",
        function: "find_lowest_scalefac",
        header: "vbrquantize-find_lowest_scalefac.h",
        loops: &[],
    },
    Patch {
        file: "vbrquantize",
        function: "quantize_x34",
        header: "vbrquantize-quantize_x34.h",
        loops: &[],
    },
    Patch {
        file: "vbrquantize",
        function: "tri_calc_sfb_noise_x34",
        header: "vbrquantize-tri_calc_sfb_noise_x34.h",
        loops: &[],
    },
    Patch {
        file: "newmdct",
        function: "window_subband",
        header: "newmdct-window_subband.h",
        loops: &[(
            "for (i = -15; i < 0; i++)",
            "window_pairs(x1, x2, a); wp += 15 * 18; x1 -= 15; x2 += 15; if (0)",
        )],
    },
    Patch {
        file: "newmdct",
        function: "mdct_sub48",
        header: "newmdct-mdct_sub48.h",
        loops: &[],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_attack_detection",
        header: "psymodel-attack_detection.h",
        loops: &[
            (
                "for (i = 0; i < 576; i++)",
                "high_pass(firbuf, fircoef, ns_hpfsmpl[chn]); if (0)",
            ),
            (
                "for (; pf < pfe; pf++)",
                "p = peak_of(pf); pf = pfe; if (0)",
            ),
        ],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_compute_fft_l",
        header: "psymodel-energies.h",
        loops: &[(
            "for (j = BLKSIZE / 2 - 1; j >= 0; --j)",
            "energies_of(*wsamp_l, fftenergy); if (0)",
        )],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_compute_masking_s",
        header: "psymodel-spread_masking.h",
        loops: &[("while (kk <= last)", "SPREAD(gds, eb, mask_idx_s) if (0)")],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_compute_masking_l",
        header: "psymodel-spread_masking.h",
        loops: &[("while (kk <= last)", "SPREAD(gdl, eb_l, mask_idx_l) if (0)")],
    },
    Patch {
        file: "psymodel",
        function: "L3psycho_anal_vbr",
        header: "psymodel-long_blocks.h",
        loops: &[(
            "for (chn = 0; chn < n_chn_psy; chn++) {\n            int const ch01",
            "if (n_chn_psy == 4 && !plt) \
                 long_blocks_of_four(gfc, buffer, gr_out, wsamp_L, eb, thr); \
             else",
        )],
    },
];

fn main() -> Result<()> {
    for watched in ["build.rs", "simd"] {
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
        // For `vector/`, which is not copied.
        .include(lame.join("libmp3lame"))
        .include(Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("simd"))
        .warnings(false)
        .opt_level(3)
        // Else constants would be folded with a fused multiply-add, which WebAssembly
        // does not have: results would depend on what the compiler works out itself.
        .flag("-ffp-contract=off");
    for (name, value) in DEFINES {
        build.define(name, value);
    }
    if is_wasm {
        // 128-bit SIMD, and libc's emulation of signals, which LAME's headers ask for
        // and nothing of it calls.
        build
            .flag("-msimd128")
            .define("_WASI_EMULATED_SIGNAL", None);
    }
    build.try_compile("mp3lame")?;
    Ok(())
}

/// The folder of the crate that carries LAME. Cargo downloads it like any other, at the
/// version in Cargo.lock.
fn sources() -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .other_options(["--locked".to_owned()])
        .exec()?;
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == CRATE);
    let package = package.ok_or_else(|| format!("{CRATE} is no dependency any more"))?;
    let folder = package
        .manifest_path
        .parent()
        .ok_or("a manifest lies in a folder")?;
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

impl Patch {
    fn apply(&self, folder: &Path) -> Result<()> {
        let (file, function) = (self.file, self.function);
        let path = folder.join(file).with_extension("c");
        // LAME's files are in Latin-1.
        let text: String = fs::read(&path)?.into_iter().map(char::from).collect();

        let (before, after) = split_once(&text, &format!("\n{function}("), file)?;
        // What comes before the name is its type, on a line of its own.
        let (before, kind) = before.rsplit_once('\n').ok_or("a definition has a type")?;
        let include = format!("{before}\n#include \"{}\"\n", self.header);
        let text = if self.loops.is_empty() {
            format!("{include}__attribute__((unused)) {kind}\n{function}_of_lame({after}")
        } else {
            let (body, others) = after.split_once("\n}").ok_or("a definition has an end")?;
            let mut body = body.to_owned();
            for (skipped, instead) in self.loops {
                let (start, rest) = split_once(&body, skipped, file)?;
                body = format!("{start}{instead} {skipped}{rest}");
            }
            format!("{include}{kind}\n{function}({body}\n}}{others}")
        };
        fs::write(&path, text)?;
        Ok(())
    }
}

/// Around something that occurs once: should LAME's text change, the build says so.
fn split_once<'a>(text: &'a str, at: &str, file: &str) -> Result<(&'a str, &'a str)> {
    match text.split(at).collect::<Vec<_>>()[..] {
        [before, after] => Ok((before, after)),
        _ => Err(format!("{file}.c of LAME does not have {at:?} once").into()),
    }
}
