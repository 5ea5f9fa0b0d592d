/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces init_xrpow_core_c of LAME's quantize.c, which raises every value to the power of
 * 3/4 and computes their maximum and whether there is anything to quantize.
 *
 * The original takes two square roots in double precision, which are slow. Here Newton's
 * method computes x^-1/4, so that x * x^-1/4 has an error below 2^-44. It rounds to the same
 * float, except so close to the midpoint of two floats that the error decides. Those few
 * values are computed as in the original. All normal floats were compared.
 */
#include "four.h"

static inline v128_t
roots_of_two(v128_t low)
{
    v128_t const x = wasm_f64x2_promote_low_f32x4(low);
    return wasm_f32x4_demote_f64x2_zero(wasm_f64x2_sqrt(wasm_f64x2_mul(x, wasm_f64x2_sqrt(x))));
}

static __attribute__((noinline)) v128_t
to_the_3_4_slowly(v128_t x)
{
    return wasm_i32x4_shuffle(roots_of_two(x), roots_of_two(wasm_i32x4_shuffle(x, x, 2, 3, 2, 3)),
                              0, 1, 4, 5);
}

/* A last step in double precision: x * y, where y is close to x^-1/4. */
static inline v128_t
refined(v128_t low_x, v128_t low_y)
{
    v128_t const x = wasm_f64x2_promote_low_f32x4(low_x), y = wasm_f64x2_promote_low_f32x4(low_y);
    v128_t const y2 = wasm_f64x2_mul(y, y), xy = wasm_f64x2_mul(x, y);
    v128_t const off = wasm_f64x2_sub(wasm_f64x2_const_splat(1),
                                      wasm_f64x2_mul(x, wasm_f64x2_mul(y2, y2)));
    v128_t const square = wasm_f64x2_mul(off, wasm_f64x2_const_splat(5.0 / 32));
    v128_t const factor = wasm_f64x2_mul(off, wasm_f64x2_add(square, wasm_f64x2_const_splat(0.25)));
    return wasm_f64x2_add(xy, wasm_f64x2_mul(xy, factor));
}

static inline v128_t
to_the_3_4(v128_t x)
{
    v128_t const five_4 = wasm_f32x4_const_splat(1.25f), one_4 = wasm_f32x4_const_splat(0.25f);
    /* Undecided: doubles this close to the midpoint of two floats, and subnormal floats. */
    int const near = 4096, middle = 1 << 28;
    v128_t const lowest = wasm_f32x4_const_splat(1.17549435e-38f), zero = wasm_f32x4_const_splat(0);
    v128_t  y, low, high, bits, is_unsure;
    int     i;

    y = wasm_i32x4_sub(wasm_i32x4_const_splat(0x4f584770), wasm_u32x4_shr(x, 2));
    for (i = 0; i < 2; ++i) {
        v128_t const y2 = wasm_f32x4_mul(y, y);
        v128_t const xy4 = wasm_f32x4_mul(wasm_f32x4_mul(x, y2), y2);
        y = wasm_f32x4_mul(y, wasm_f32x4_sub(five_4, wasm_f32x4_mul(one_4, xy4)));
    }
    low = refined(x, y);
    high = refined(wasm_i32x4_shuffle(x, x, 2, 3, 2, 3), wasm_i32x4_shuffle(y, y, 2, 3, 2, 3));

    bits = wasm_i32x4_sub(wasm_i32x4_shuffle(low, high, 0, 2, 4, 6),
                          wasm_i32x4_splat(middle - near));
    bits = wasm_v128_and(bits, wasm_i32x4_const_splat(0x1fffffff));
    is_unsure = wasm_v128_or(wasm_i32x4_lt(bits, wasm_i32x4_splat(2 * near)),
                             wasm_v128_and(wasm_f32x4_lt(x, lowest), wasm_f32x4_gt(x, zero)));
    if (__builtin_expect(wasm_v128_any_true(is_unsure), 0))
        return to_the_3_4_slowly(x);
    return wasm_i32x4_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high),
                              0, 1, 4, 5);
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
        v128_t const pow = to_the_3_4(x);
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
    /* The caller only compares the sum with this limit, so the largest value may suffice. */
    if (!(*sum > (FLOAT) 1E-20)) {
        *sum = 0;
        for (i = 0; i < count; ++i)
            *sum += fabsf(cod_info->xr[i]);
    }
}
