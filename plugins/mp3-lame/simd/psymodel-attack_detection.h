/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replace two loops of vbrpsy_attack_detection in LAME's psymodel.c: the high-pass filter, and
 * the search for the peak of each ninth of a granule.
 */
#include "four.h"

/* Filters 576 samples, four neighbours at a time, each added up in the original's order. */
static void
high_pass(const sample_t *from, const FLOAT *coefficients, FLOAT *to)
{
    int     i, j;
    for (i = 0; i < 576; i += 4, from += 4) {
        v128_t  even = wasm_v128_load(from + 10), odd = wasm_f32x4_const_splat(0);
#define TAP(sum, j) { \
            v128_t const both = wasm_f32x4_add(wasm_v128_load(from + (j)), \
                                               wasm_v128_load(from + NSFIRLEN - (j))); \
            v128_t const factor = wasm_v128_load32_splat(coefficients + (j)); \
            sum = wasm_f32x4_add(sum, wasm_f32x4_mul(factor, both)); \
        }
        for (j = 0; j < ((NSFIRLEN - 1) / 2) - 1; j += 2) {
            TAP(even, j)
            TAP(odd, j + 1)
        }
#undef TAP
        wasm_v128_store(to + i, wasm_f32x4_add(even, odd));
    }
}

/* The largest absolute value of 64 samples, at least 1. */
static FLOAT
peak_of(const FLOAT *samples)
{
    v128_t  peaks = wasm_f32x4_const_splat(1);
    FLOAT   peak = 1;
    int     i;
    for (i = 0; i < 576 / 9; i += 4)
        peaks = wasm_f32x4_pmax(peaks, wasm_f32x4_abs(wasm_v128_load(samples + i)));
#define LANE(n) { \
        FLOAT const sample = wasm_f32x4_extract_lane(peaks, n); \
        if (peak < sample) \
            peak = sample; \
    }
    LANE(0) LANE(1) LANE(2) LANE(3)
#undef LANE
    return peak;
}
