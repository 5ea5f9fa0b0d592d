/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for the loop over masking bands in vbrpsy_compute_masking_l and _s of
 * LAME's psymodel.c, which spreads the energy of all bands over each: a chain of
 * vbrpsy_mask_add, where each link waits for the one before. Bands do not wait for each
 * other, so eight of them go side by side here, each with its links in their order.
 */
#ifndef TONEARM_SPREAD_MASKING_H
#define TONEARM_SPREAD_MASKING_H

#include "four.h"

/* Bands side by side: two vectors. */
#define SIDE 8

/* For each band, what vbrpsy_mask_add makes of all that mask it, and the sum of their
 * mask_idx. */
static struct {
    FLOAT   sum[CBANDS + SIDE];
    int     index[CBANDS];
} spread;

/* The squares by which vbrpsy_mask_add multiplies, by the sixteenths of a decade that two
 * levels lie apart, and the least ratio that counts as that many of them: what LAME works
 * out with fast_log2. From ma_max_i1 on it is 1. tests/masking.rs goes through all
 * ratios. */
#define MASKING_STEPS(STEP) \
    STEP(0x1p+0f, 1.33352 * 1.33352) \
    STEP(0x1.279fd2p+0f, 1.35879 * 1.35879) \
    STEP(0x1.5561aep+0f, 1.38454 * 1.38454) \
    STEP(0x1.8a38a6p+0f, 1.39497 * 1.39497) \
    STEP(0x1.c73d58p+0f, 1.40548 * 1.40548) \
    STEP(0x1.06d9fp+1f, 1.3537 * 1.3537) \
    STEP(0x1.2f893p+1f, 1.30382 * 1.30382) \
    STEP(0x1.5e848ap+1f, 1.22321 * 1.22321) \
    STEP(0x1.94c58ap+1f, 1.14758 * 1.14758) \
    STEP(0x1.d36c42p+1f, 1)

/* vbrpsy_mask_add of bands that lie apart: the louder, or both. Division by zero makes
 * what vbrpsy_mask_add makes of a zero. */
static inline v128_t
mask_add_far(v128_t m1, v128_t m2)
{
    v128_t const more = wasm_f32x4_pmax(m1, m2), less = wasm_f32x4_pmin(m1, m2);
    v128_t const both = wasm_f32x4_lt(wasm_f32x4_div(more, less), wasm_f32x4_splat(ma_max_i2));
    return wasm_v128_bitselect(wasm_f32x4_add(m1, m2), more, both);
}

/* Of bands that lie as close as delta too, where `near` is set. */
static inline v128_t
mask_add_near(v128_t m1, v128_t m2, v128_t near)
{
    v128_t const more = wasm_f32x4_pmax(m1, m2), less = wasm_f32x4_pmin(m1, m2);
    v128_t const ratio = wasm_f32x4_div(more, less), sum = wasm_f32x4_add(m1, m2);
    v128_t const both = wasm_f32x4_lt(ratio, wasm_f32x4_splat(ma_max_i2));
    v128_t  factor = wasm_i32x4_const_splat(0), last = factor;
    /* Each step that is reached takes the last factor out and its own in. */
#define STEP(least, value) { \
        v128_t const own = wasm_f32x4_const_splat((FLOAT) (value)); \
        v128_t const change = wasm_v128_xor(own, last); \
        v128_t const reached = wasm_f32x4_ge(ratio, wasm_f32x4_const_splat(least)); \
        factor = wasm_v128_xor(factor, wasm_v128_and(reached, change)); \
        last = own; \
    }
    MASKING_STEPS(STEP)
#undef STEP
    return wasm_v128_bitselect(wasm_f32x4_mul(sum, factor),
                               wasm_v128_bitselect(sum, more, both), near);
}

/* Fills `spread` for all bands of a block. */
static void
spread_masking(PsyConst_CB2SB_t const *gd, FLOAT const *eb, unsigned char const *mask_idx)
{
    /* What masks each of the bands side by side, in order, with zeros behind: to a
     * multiple of four beyond the longest. */
    FLOAT   masks[SIDE][CBANDS + 8];
    FLOAT   tonal[CBANDS];
    int     before[CBANDS + 1];
    FLOAT const *s3 = gd->s3;
    int     b, i, lane;

    before[0] = 0;
    for (i = 0; i < gd->npart; ++i) {
        tonal[i] = tab[mask_idx[i]];
        before[i + 1] = before[i] + mask_idx[i];
    }
    for (b = 0; b < gd->npart; b += SIDE) {
        int     centre[SIDE], delta[SIDE], count[SIDE];
        int     longest = 0, from = CBANDS, to = -1;
        v128_t  sums[2], centres[2], deltas[2];

        for (lane = 0; lane < SIDE; ++lane) {
            int const is_band = b + lane < gd->npart;
            int const *const ends = gd->s3ind[b + lane];
            count[lane] = is_band ? ends[1] - ends[0] + 1 : 0;
            delta[lane] = is_band ? mask_add_delta(mask_idx[b + lane]) : -1;
            centre[lane] = is_band ? b + lane - ends[0] : 0;
            if (longest < count[lane])
                longest = count[lane];
            if (delta[lane] >= 0) {
                if (from > centre[lane] - delta[lane])
                    from = centre[lane] - delta[lane];
                if (to < centre[lane] + delta[lane])
                    to = centre[lane] + delta[lane];
            }
        }
        for (lane = 0; lane < SIDE; ++lane) {
            FLOAT  *const mask = masks[lane];
            if (count[lane] > 0) {
                int const first = gd->s3ind[b + lane][0];
                FLOAT const *const e = eb + first, *const t = tonal + first;
                for (i = 0; i + 4 <= count[lane]; i += 4) {
                    v128_t const m = wasm_f32x4_mul(wasm_v128_load(s3 + i), wasm_v128_load(e + i));
                    wasm_v128_store(mask + i, wasm_f32x4_mul(m, wasm_v128_load(t + i)));
                }
                for (; i < count[lane]; ++i)
                    mask[i] = s3[i] * e[i] * t[i];
                s3 += count[lane];
                spread.index[b + lane] = before[first + count[lane]] - before[first];
            }
            for (i = count[lane]; i < longest + 3; i += 4)
                wasm_v128_store(mask + i, wasm_i32x4_const_splat(0));
        }
        for (i = 0; i < 2; ++i) {
            sums[i] = wasm_i32x4_const_splat(0);
            centres[i] = wasm_v128_load(centre + 4 * i);
            deltas[i] = wasm_v128_load(delta + 4 * i);
        }
        for (i = 0; i < longest; i += 4) {
            int     half, step;
            v128_t  links[2][4];
            for (half = 0; half < 2; ++half) {
                for (lane = 0; lane < 4; ++lane)
                    links[half][lane] = wasm_v128_load(&masks[4 * half + lane][i]);
                transpose(links[half]);
            }
            if (i + 3 < from || i > to) {
                for (step = 0; step < 4; ++step) {
                    sums[0] = mask_add_far(sums[0], links[0][step]);
                    sums[1] = mask_add_far(sums[1], links[1][step]);
                }
            }
            else {
                for (step = 0; step < 4; ++step) {
                    v128_t const at = wasm_i32x4_splat(i + step);
                    for (half = 0; half < 2; ++half) {
                        v128_t const apart = wasm_i32x4_abs(wasm_i32x4_sub(at, centres[half]));
                        v128_t const near = wasm_i32x4_le(apart, deltas[half]);
                        sums[half] = mask_add_near(sums[half], links[half][step], near);
                    }
                }
            }
        }
        wasm_v128_store(&spread.sum[b], sums[0]);
        wasm_v128_store(&spread.sum[b + 4], sums[1]);
    }
}

/* What runs in place of a band's chain. */
#define SPREAD(gd, eb, mask_idx) \
    if (b == 0) \
        spread_masking(gd, eb, mask_idx); \
    ecb = spread.sum[b]; \
    dd = spread.index[b]; \
    dd_n += last - kk + 1;

#endif
