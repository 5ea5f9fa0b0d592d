/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces quantize_x34 of LAME's vbrquantize.c, which quantizes every band by its step size.
 */
#include "round34.h"

static void
quantize_x34(const algo_t * that)
{
    gr_info *const info = that->cod_info;
    const float *x34 = that->xr34orig;
    int    *out = info->l3_enc;
    int const step = info->scalefac_scale == 0 ? 2 : 4;
    int const end = info->max_nonzero_coeff + 1;
    int     start, band;

    for (start = 0, band = 0; start < end; start += info->width[band], ++band) {
        int const pre = info->preflag ? pretab[band] : 0;
        int const gain = info->global_gain - (info->scalefac[band] + pre) * step
            - info->subblock_gain[info->window[band]] * 8;
        v128_t const sfpow34 = wasm_f32x4_splat(ipow20[(uint8_t) gain]);
        int const left = end - start;
        int const count = info->width[band] <= left ? info->width[band] : left;
        int const rest = count & 3;
        int     i;

        for (i = 0; i < count - rest; i += 4)
            wasm_v128_store(out + i, round34(wasm_f32x4_mul(sfpow34, wasm_v128_load(x34 + i))));
        if (rest) {
            v128_t const last = round34(wasm_f32x4_mul(sfpow34, load_rest(x34 + i, rest)));
            out[i] = wasm_i32x4_extract_lane(last, 0);
            if (rest > 1)
                out[i + 1] = wasm_i32x4_extract_lane(last, 1);
            if (rest > 2)
                out[i + 2] = wasm_i32x4_extract_lane(last, 2);
        }
        out += count;
        x34 += count;
    }
}
