/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Quantizes four values raised to 3/4, as k_34_4 of vbrquantize.c: round to the nearest
 * integer, look up a correction, add it and round again.
 *
 * The original adds in double precision. Here single precision decides wherever the sum is
 * more than a thousandth away from a half, which exceeds its error (values are at most 8206,
 * so 2^-11). The few other sums are computed as in the original. Both yield the same
 * integers.
 */
#ifndef TONEARM_ROUND34_H
#define TONEARM_ROUND34_H

#include "four.h"

/* One value, computed as in the original. */
static inline int
round34_exactly(float x34)
{
    double x = x34;
    union { float f; int i; } it;
    x += 8388608.0;
    it.f = (float) x;
    it.f = (float) (x + adj43asm[it.i - 0x4b000000]);
    return it.i - 0x4b000000;
}

static __attribute__((noinline)) v128_t
round34_slowly(v128_t x)
{
    return wasm_i32x4_make(round34_exactly(wasm_f32x4_extract_lane(x, 0)),
                           round34_exactly(wasm_f32x4_extract_lane(x, 1)),
                           round34_exactly(wasm_f32x4_extract_lane(x, 2)),
                           round34_exactly(wasm_f32x4_extract_lane(x, 3)));
}

static inline v128_t
round34(v128_t x)
{
    v128_t const magic = wasm_f32x4_const_splat(8388608.0f);
    v128_t const bits = wasm_i32x4_const_splat(0x4b000000);
    v128_t const at = wasm_i32x4_sub(wasm_f32x4_add(x, magic), bits);
    v128_t const corrected = wasm_f32x4_add(x, look_up(adj43asm, at));
    v128_t const rounded = wasm_f32x4_add(corrected, magic);
    v128_t const off = wasm_f32x4_abs(wasm_f32x4_sub(corrected, wasm_f32x4_sub(rounded, magic)));
    if (__builtin_expect(wasm_v128_any_true(wasm_f32x4_gt(off, wasm_f32x4_const_splat(0.499f))), 0))
        return round34_slowly(x);
    return wasm_i32x4_sub(rounded, bits);
}

#endif
