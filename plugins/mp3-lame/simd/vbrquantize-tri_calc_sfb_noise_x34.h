/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces tri_calc_sfb_noise_x34 of LAME's vbrquantize.c, which returns whether a step size
 * and its neighbours cause more noise in a band than is allowed. The search for the step size
 * of a band calls it eight times.
 *
 * Noise is added up in the original's order, so the sums are the same, but only up to the
 * limit: sums never decrease, and only the comparison is needed.
 */
#include "round34.h"

/* Adds (e0*e0 + e1*e1) + (e2*e2 + e3*e3) in double precision, as the original. */
static inline float
add_squares(float sum, v128_t e)
{
    v128_t even = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(e, e, 0, 2, 0, 2));
    v128_t odd = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(e, e, 1, 3, 1, 3));
    v128_t pairs = wasm_f64x2_add(wasm_f64x2_mul(even, even), wasm_f64x2_mul(odd, odd));
    return (float) (sum + (wasm_f64x2_extract_lane(pairs, 0) + wasm_f64x2_extract_lane(pairs, 1)));
}

/* The difference between values and their dequantized counterparts. */
static inline v128_t
errors(v128_t xr, v128_t x34, v128_t sfpow)
{
    v128_t const size = wasm_f32x4_abs(xr);
    /* A value that rounds to zero is dequantized to zero. */
    if (!wasm_v128_any_true(wasm_f32x4_gt(x34, wasm_f32x4_const_splat(0.5f))))
        return size;
    return wasm_f32x4_sub(size, wasm_f32x4_mul(sfpow, look_up(pow43, round34(x34))));
}

/* The noise, or a part of it that exceeds `limit`. */
static FLOAT
noise_up_to(FLOAT limit, const FLOAT * xr, const FLOAT * xr34, unsigned int bw, uint8_t sf)
{
    v128_t const sfpow = wasm_f32x4_splat(pow20[sf + Q_MAX2]);
    v128_t const sfpow34 = wasm_f32x4_splat(ipow20[sf]);
    float   sum = 0;
    unsigned int i;
    unsigned int const whole = bw & ~3u;
    unsigned int const rest = bw & 3u;

    for (i = 0; i < whole; i += 4) {
        v128_t const x34 = wasm_f32x4_mul(sfpow34, wasm_v128_load(xr34 + i));
        sum = add_squares(sum, errors(wasm_v128_load(xr + i), x34, sfpow));
        if (limit < sum)
            return sum;
    }
    if (rest) {
        v128_t const x34 = wasm_f32x4_mul(sfpow34, load_rest(xr34 + i, rest));
        sum = add_squares(sum, errors(load_rest(xr + i, rest), x34, sfpow));
    }
    return sum;
}

static  uint8_t
tri_calc_sfb_noise_x34(const FLOAT * xr, const FLOAT * xr34, FLOAT l3_xmin, unsigned int bw,
                       uint8_t sf, calc_noise_cache_t * did_it)
{
    static const int8_t order[3] = {0, 1, -1};
    int     n;
    for (n = 0; n < 3; ++n) {
        int const at = sf + order[n];
        if (at < 0 || at > 255)
            continue;
        if (!did_it[at].valid) {
            did_it[at].valid = 1;
            did_it[at].value = noise_up_to(l3_xmin, xr, xr34, bw, (uint8_t) at);
        }
        if (l3_xmin < did_it[at].value)
            return 1;
    }
    return 0;
}
