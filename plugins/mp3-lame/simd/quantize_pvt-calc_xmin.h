/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces a loop of calc_xmin of LAME's quantize_pvt.c: the energy of a band, and the same
 * with the share of each line limited. The additions of a sum depend on each other, those of
 * different bands do not: four bands are added up side by side, each in its order. Narrower
 * bands are padded with zeros, which change no sum.
 */
#include "four.h"

/* The sums of the bands from gsfb on. The first band starts at line j. */
static void
sum_four_bands(lame_internal_flags const *gfc, gr_info const *cod_info, int gsfb, int j,
               float en0[4], float rh2[4])
{
    ATH_t const *const ATH = gfc->ATH;
    float const *line[4];
    float   limit[4];
    int     width[4];
    int     widest = 0, k, l;
    v128_t  widths, limits;
    v128_t  en = wasm_f32x4_const_splat(0);
    v128_t  rh = wasm_f32x4_const_splat(DBL_EPSILON);

    for (k = 0; k < 4; ++k) {
        int const band = gsfb + k;
        int const is_there = band < cod_info->psy_lmax;
        line[k] = cod_info->xr + j;
        width[k] = is_there ? cod_info->width[band] : 0;
        limit[k] = 0;
        if (is_there) {
            FLOAT   xmin = athAdjust(ATH->adjust_factor, ATH->l[band], ATH->floor, gfc->cfg.ATHfixpoint);
            xmin *= gfc->sv_qnt.longfact[band];
            limit[k] = xmin / width[k];
        }
        j += width[k];
        widest = Max(widest, width[k]);
    }
    widths = wasm_v128_load(width);
    limits = wasm_v128_load(limit);

    /* Reads beyond the last band stay within the struct, and are not used. */
    for (l = 0; l < widest; l += 4) {
        v128_t  lines[4];
        load_columns(line, widths, l, lines);
        for (k = 0; k < 4; ++k) {
            v128_t const x2 = wasm_f32x4_mul(lines[k], lines[k]);
            en = wasm_f32x4_add(en, x2);
            rh = wasm_f32x4_add(rh, wasm_f32x4_pmin(limits, x2));
        }
    }
    wasm_v128_store(en0, en);
    wasm_v128_store(rh2, rh);
}

/* Replaces the loop over the lines of a band: its sums go to en0 and rh2. */
#define SUM_BAND \
    { \
        static float en0s[4], rh2s[4]; \
        if (gsfb % 4 == 0) \
            sum_four_bands(gfc, cod_info, gsfb, j, en0s, rh2s); \
        en0 = en0s[gsfb % 4]; \
        rh2 = rh2s[gsfb % 4]; \
        j += width; \
    }
