//! Replaces functions and loops of LAME, for WebAssembly, by those of `simd/`.

use std::fs;
use std::path::Path;

/// Any error ends the build.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A replacement within a function of LAME, or of the whole function.
pub struct Patch {
    /// LAME's file, without its extension.
    file: &'static str,
    /// The function. Its name starts the second line of its definition.
    function: &'static str,
    /// The file of `simd/` that is included before the function.
    header: &'static str,
    /// Loops of the function, each with the code that is inserted before it so that the
    /// loop does not run. Without loops, the header's function of the same name replaces
    /// the whole function.
    loops: &'static [(&'static str, &'static str)],
}

pub const PATCHES: [Patch; 24] = [
    Patch {
        file: "bitstream",
        function: "init_bit_stream_w",
        header: "unwritten.h",
        loops: &[(
            "gfc->bs.buf = lame_calloc(unsigned char, BUFFER_SIZE);",
            "gfc->bs.buf = unwritten(BUFFER_SIZE); if (0)",
        )],
    },
    Patch {
        file: "lame",
        function: "lame_init_internal_flags",
        header: "unwritten.h",
        loops: &[(
            "gfc->sv_rpg.rgdata = lame_calloc(replaygain_t, 1);",
            "gfc->sv_rpg.rgdata = unwritten(sizeof(replaygain_t)); if (0)",
        )],
    },
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
            // The indentation distinguishes it from the loop for short blocks.
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
        function: "psycho_loudness_approx",
        header: "psymodel-energies.h",
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
        loops: &[
            (
                "for (j = BLKSIZE / 2 - 1; j >= 0; --j)",
                "psv->tot_ener[chn] = energies_of(*wsamp_l, fftenergy, gfc->ATH->eql_w); if (0)",
            ),
            (
                "for (j = 11; j < HBLKSIZE; j++)",
                "totalenergy = psv->tot_ener[chn]; if (0)",
            ),
        ],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_compute_MS_thresholds",
        header: "psymodel-vbrpsy_compute_MS_thresholds.h",
        loops: &[],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_compute_masking_s",
        header: "psymodel-vbrpsy_compute_masking.h",
        loops: &[],
    },
    Patch {
        file: "psymodel",
        function: "vbrpsy_compute_masking_l",
        header: "psymodel-vbrpsy_compute_masking.h",
        loops: &[],
    },
    Patch {
        file: "psymodel",
        function: "psymodel_init",
        header: "psymodel-spread_masking.h",
        loops: &[("gfc->cd_psy = gd;", "forget_spreadings();")],
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

impl Patch {
    /// Patches the copy of LAME in `folder`.
    pub fn apply(&self, folder: &Path) -> Result<()> {
        let (file, function) = (self.file, self.function);
        let path = folder.join(file).with_extension("c");
        // LAME's files are encoded in Latin-1.
        let text: String = fs::read(&path)?.into_iter().map(char::from).collect();

        let (before, after) = split_once(&text, &format!("\n{function}("), file)?;
        // The line before the name holds the return type.
        let (before, kind) = before
            .rsplit_once('\n')
            .ok_or("a definition without a type")?;
        let include = format!("{before}\n#include \"{}\"\n", self.header);
        let text = if self.loops.is_empty() {
            format!("{include}__attribute__((unused)) {kind}\n{function}_of_lame({after}")
        } else {
            let (body, others) = after
                .split_once("\n}")
                .ok_or("a definition without an end")?;
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

/// Splits a text at `at`. Fails unless it occurs exactly once, so that a change of LAME's
/// sources breaks the build.
fn split_once<'a>(text: &'a str, at: &str, file: &str) -> Result<(&'a str, &'a str)> {
    match text.split(at).collect::<Vec<_>>()[..] {
        [before, after] => Ok((before, after)),
        _ => Err(format!("LAME's {file}.c does not contain {at:?} exactly once").into()),
    }
}
