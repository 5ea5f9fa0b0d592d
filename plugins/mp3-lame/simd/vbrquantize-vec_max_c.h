/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for vec_max_c of LAME's vbrquantize.c: the largest of a band, four values at
 * once. None is negative.
 */
#include "four.h"

static inline float
vec_max_c(const float *xr34, unsigned int bw)
{
    v128_t  max = load_rest(xr34 + (bw & ~3u), bw & 3);
    unsigned int i;
    for (i = 0; i + 4 <= bw; i += 4)
        max = wasm_f32x4_pmax(max, wasm_v128_load(xr34 + i));
    max = wasm_f32x4_pmax(max, wasm_i32x4_shuffle(max, max, 2, 3, 2, 3));
    max = wasm_f32x4_pmax(max, wasm_i32x4_shuffle(max, max, 1, 1, 1, 1));
    return wasm_f32x4_extract_lane(max, 0);
}
