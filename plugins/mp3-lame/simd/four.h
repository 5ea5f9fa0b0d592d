/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Four values at once, shared by the replacements in this folder.
 */
#ifndef TONEARM_FOUR_H
#define TONEARM_FOUR_H

#include <wasm_simd128.h>

/* Up to three values from p, and zeros. */
static inline v128_t
load_rest(const float *p, unsigned int count)
{
    v128_t v = wasm_f32x4_const_splat(0);
    switch (count) {
    case 3:
        v = wasm_v128_load32_lane(p + 2, v, 2);
        /* fall through */
    case 2:
        v = wasm_v128_load32_lane(p + 1, v, 1);
        /* fall through */
    case 1:
        v = wasm_v128_load32_lane(p, v, 0);
    }
    return v;
}

/* The values at four places of a table. */
static inline v128_t
look_up(const float *table, v128_t at)
{
    return wasm_f32x4_make(table[wasm_u32x4_extract_lane(at, 0)],
                           table[wasm_u32x4_extract_lane(at, 1)],
                           table[wasm_u32x4_extract_lane(at, 2)],
                           table[wasm_u32x4_extract_lane(at, 3)]);
}

#endif
