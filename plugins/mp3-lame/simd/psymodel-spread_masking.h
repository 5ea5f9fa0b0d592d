/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for the loop over masking bands in vbrpsy_compute_masking_l and _s of
 * LAME's psymodel.c, which spreads the energy of all bands over each: a chain of
 * vbrpsy_mask_add, where each link waits for the one before. Bands do not wait for each
 * other, so sixteen of them go side by side here, each with its links in their order.
 */
#ifndef TONEARM_SPREAD_MASKING_H
#define TONEARM_SPREAD_MASKING_H

#include "four.h"

/* Vectors of chains side by side: while one waits for its division, the others go on. */
#define ROWS 4
#define SIDE (4 * ROWS)

/* Chains side by side, by the distance of what masks from what it masks. */
static struct {
    int     least, most;
    v128_t  masks[ROWS][2 * CBANDS];
    /* Up to this distance vbrpsy_mask_add looks closer. */
    v128_t  deltas[ROWS];
} chains;

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

/* The links of all chains in their order. A zero adds nothing. */
static void
add_up_chains(v128_t sums[ROWS])
{
    int     row, distance;
    v128_t const widest = wasm_i32x4_max(wasm_i32x4_max(chains.deltas[0], chains.deltas[1]),
                                         wasm_i32x4_max(chains.deltas[2], chains.deltas[3]));
    for (row = 0; row < ROWS; ++row)
        sums[row] = wasm_i32x4_const_splat(0);
    for (distance = chains.least; distance <= chains.most; ++distance) {
        int const link = distance - chains.least;
        v128_t const apart = wasm_i32x4_splat(abs(distance));
        if (wasm_v128_any_true(wasm_i32x4_le(apart, widest)))
            for (row = 0; row < ROWS; ++row)
                sums[row] = mask_add_near(sums[row], chains.masks[row][link],
                                          wasm_i32x4_le(apart, chains.deltas[row]));
        else
            for (row = 0; row < ROWS; ++row)
                sums[row] = mask_add_far(sums[row], chains.masks[row][link]);
    }
}

/* How far from the bands from b to before `end` something lies that masks them. */
static void
reach_of_chains(PsyConst_CB2SB_t const *gd, int b, int end)
{
    chains.least = chains.most = 0;
    for (; b < end; ++b) {
        chains.least = Min(chains.least, gd->s3ind[b][0] - b);
        chains.most = Max(chains.most, gd->s3ind[b][1] - b);
    }
}

/* Fills `spread` for all bands of a block, with a band in each lane. */
static void
spread_masking(PsyConst_CB2SB_t const *gd, FLOAT const *eb, unsigned char const *mask_idx)
{
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
        int const bands = Min(SIDE, gd->npart - b);
        int     delta[SIDE];
        v128_t  sums[ROWS];

        reach_of_chains(gd, b, b + bands);
        for (i = 0; i < ROWS; ++i)
            memset(chains.masks[i], 0, (chains.most - chains.least + 1) * sizeof(v128_t));
        for (lane = 0; lane < SIDE; ++lane)
            delta[lane] = lane < bands ? mask_add_delta(mask_idx[b + lane]) : -1;
        for (i = 0; i < ROWS; ++i)
            chains.deltas[i] = wasm_v128_load(delta + 4 * i);
        for (lane = 0; lane < bands; ++lane) {
            int const first = gd->s3ind[b + lane][0], past = gd->s3ind[b + lane][1] + 1;
            FLOAT  *mask = (FLOAT *) &chains.masks[lane / 4][first - (b + lane) - chains.least];
            mask += lane % 4;
            spread.index[b + lane] = before[past] - before[first];
            for (i = first; i + 4 <= past; i += 4, s3 += 4, mask += 16) {
                v128_t  m = wasm_f32x4_mul(wasm_v128_load(s3), wasm_v128_load(eb + i));
                m = wasm_f32x4_mul(m, wasm_v128_load(tonal + i));
                wasm_v128_store32_lane(mask, m, 0);
                wasm_v128_store32_lane(mask + 4, m, 1);
                wasm_v128_store32_lane(mask + 8, m, 2);
                wasm_v128_store32_lane(mask + 12, m, 3);
            }
            for (; i < past; ++i, mask += 4)
                *mask = *s3++ * eb[i] * tonal[i];
        }
        add_up_chains(sums);
        for (i = 0; i < ROWS; ++i)
            wasm_v128_store(&spread.sum[b + 4 * i], sums[i]);
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
