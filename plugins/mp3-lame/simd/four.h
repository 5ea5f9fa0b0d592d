/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Operations on four values at once, shared by the files of this folder.
 */
#ifndef TONEARM_FOUR_H
#define TONEARM_FOUR_H

#include <wasm_simd128.h>

/* Loads up to three values from p; the other lanes are zero. */
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

/* Loads the values at four indices of a table of floats or ints. */
static inline v128_t
look_up(const void *table, v128_t at)
{
    char const *const from = table;
    v128_t v = wasm_v128_load32_splat(from + 4 * wasm_u32x4_extract_lane(at, 0));
    v = wasm_v128_load32_lane(from + 4 * wasm_u32x4_extract_lane(at, 1), v, 1);
    v = wasm_v128_load32_lane(from + 4 * wasm_u32x4_extract_lane(at, 2), v, 2);
    return wasm_v128_load32_lane(from + 4 * wasm_u32x4_extract_lane(at, 3), v, 3);
}

/* Transposes a matrix of four by four values. */
static inline void
transpose(v128_t rows[4])
{
    v128_t const m01 = wasm_i32x4_shuffle(rows[0], rows[1], 0, 4, 1, 5);
    v128_t const m23 = wasm_i32x4_shuffle(rows[2], rows[3], 0, 4, 1, 5);
    v128_t const n01 = wasm_i32x4_shuffle(rows[0], rows[1], 2, 6, 3, 7);
    v128_t const n23 = wasm_i32x4_shuffle(rows[2], rows[3], 2, 6, 3, 7);
    rows[0] = wasm_i64x2_shuffle(m01, m23, 0, 2);
    rows[1] = wasm_i64x2_shuffle(m01, m23, 1, 3);
    rows[2] = wasm_i64x2_shuffle(n01, n23, 0, 2);
    rows[3] = wasm_i64x2_shuffle(n01, n23, 1, 3);
}

/* Loads four values of each of four rows, one row per lane. From the width of a row on, its
 * values are zero; what lies there in memory is read and discarded. */
static inline void
load_columns(float const *const rows[4], v128_t widths, int from, v128_t columns[4])
{
    int     k;
    for (k = 0; k < 4; ++k)
        columns[k] = wasm_v128_load(rows[k] + from);
    transpose(columns);
    for (k = 0; k < 4; ++k)
        columns[k] = wasm_v128_and(columns[k], wasm_i32x4_gt(widths, wasm_i32x4_splat(from + k)));
}

#endif
