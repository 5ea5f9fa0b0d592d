/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for init_xrpow_core_c of LAME's quantize.c: every value to the power of 3/4,
 * their maximum, and whether there is anything to quantize.
 */
#include "four.h"

static inline v128_t
to_the_3_4(v128_t low)
{
    v128_t const x = wasm_f64x2_promote_low_f32x4(low);
    return wasm_f32x4_demote_f64x2_zero(wasm_f64x2_sqrt(wasm_f64x2_mul(x, wasm_f64x2_sqrt(x))));
}

static void
init_xrpow_core_c(gr_info * const cod_info, FLOAT xrpow[576], int upper, FLOAT * sum)
{
    v128_t  max = wasm_f32x4_const_splat(0), maxpow = max;
    int const count = upper + 1;
    int     i;
    for (i = 0; i < count; i += 4) {
        int const rest = count - i < 4 ? count - i : 0;
        v128_t const xr = rest ? load_rest(cod_info->xr + i, rest) : wasm_v128_load(cod_info->xr + i);
        v128_t const x = wasm_f32x4_abs(xr);
        v128_t const low = to_the_3_4(x);
        v128_t const high = to_the_3_4(wasm_i32x4_shuffle(x, x, 2, 3, 2, 3));
        v128_t const pow = wasm_i32x4_shuffle(low, high, 0, 1, 4, 5);
        max = wasm_f32x4_pmax(max, x);
        maxpow = wasm_f32x4_pmax(maxpow, pow);
        if (rest) {
            float   last[4];
            wasm_v128_store(last, pow);
            memcpy(xrpow + i, last, rest * sizeof(float));
        } else
            wasm_v128_store(xrpow + i, pow);
    }
    *sum = 0;
    for (i = 0; i < 4; ++i) {
        float   each[4], eachpow[4];
        wasm_v128_store(each, max);
        wasm_v128_store(eachpow, maxpow);
        if (*sum < each[i])
            *sum = each[i];
        if (cod_info->xrpow_max < eachpow[i])
            cod_info->xrpow_max = eachpow[i];
    }
    /* The caller compares the sum of all with this limit; the largest may do. */
    if (!(*sum > (FLOAT) 1E-20)) {
        *sum = 0;
        for (i = 0; i < count; ++i)
            *sum += fabsf(cod_info->xr[i]);
    }
}
