/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces the spreading of masking in LAME's psymodel.c: for each band, a chain of
 * vbrpsy_mask_add over all bands that mask it, in which each call depends on the one before.
 * Chains do not depend on each other, so sixteen run side by side here, each in its order.
 */
#ifndef TONEARM_SPREAD_MASKING_H
#define TONEARM_SPREAD_MASKING_H

#include "four.h"

/* Vectors of chains that run side by side, to hide the latency of the division. */
#define ROWS 4

/* An upper bound on the distance of two bands. */
#define FAR CBANDS

/* The spreading function of long or of short blocks: a vector holds four neighbouring bands
 * and is indexed by the distance to the masking band. The masking bands of a vector are then
 * neighbours too. */
typedef struct {
    /* The session that it belongs to. */
    PsyConst_CB2SB_t const *of;
    /* The range of distances at which a band masks one of the four. */
    int     least[CBANDS / 4], most[CBANDS / 4];
    /* From distance -FAR on; zero where s3 has no value. */
    v128_t  s3[CBANDS / 4][2 * FAR];
    /* The divisor and the factor of calc_mask_index_l and vbrpsy_calc_mask_index_s: the
     * number of lines of a band and its neighbours, less one, and the number of these
     * bands. */
    v128_t  lines[CBANDS / 4], bands[CBANDS / 4];
    /* The first band that masks each, the one after the last, and twice their number. */
    v128_t  first[CBANDS / 4], past[CBANDS / 4], twice[CBANDS / 4];
} spreading_t;

/* For long and for short blocks. */
static spreading_t spreadings[2];

/* Called when a session starts. */
static void
forget_spreadings(void)
{
    spreadings[0].of = spreadings[1].of = NULL;
}

/* The tables for gd, computed at the first call of a session. */
static spreading_t const *
spreading_of(PsyConst_CB2SB_t const *gd, int is_short)
{
    spreading_t *const s = &spreadings[is_short];
    FLOAT const *s3 = gd->s3;
    int     b, i;

    if (s->of == gd)
        return s;
    memset(s, 0, sizeof(*s));
    for (b = 0; b < CBANDS; ++b) {
        int const is_there = b < gd->npart, quad = b / 4, lane = b % 4;
        int const has_below = b > 0, has_above = b + 1 < gd->npart;
        int const first = is_there ? gd->s3ind[b][0] : 0;
        int const past = is_there ? gd->s3ind[b][1] + 1 : 1;
        ((FLOAT *) &s->twice[quad])[lane] = 2 * (past - first);
        ((int *) &s->first[quad])[lane] = first;
        ((int *) &s->past[quad])[lane] = past;
        if (!is_there)
            continue;
        ((FLOAT *) &s->bands[quad])[lane] = 1 + has_below + has_above;
        ((FLOAT *) &s->lines[quad])[lane] = (has_below ? gd->numlines[b - 1] : 0)
            + gd->numlines[b] + (has_above ? gd->numlines[b + 1] : 0) - 1;
        if (lane == 0 || s->least[quad] > first - b)
            s->least[quad] = first - b;
        if (lane == 0 || s->most[quad] < past - 1 - b)
            s->most[quad] = past - 1 - b;
        for (i = first; i < past; ++i)
            ((FLOAT *) &s->s3[quad][FAR + i - b])[lane] = *s3++;
    }
    s->of = gd;
    return s;
}

/* The lowest ratio of two levels that counts as 0, 1, 2... sixteenths of a decade, and the
 * factor by which vbrpsy_mask_add then multiplies. LAME computes the index with fast_log2.
 * From ma_max_i1 on the factor is 1. tests/masking.rs checks all ratios. */
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

/* vbrpsy_mask_add of distant bands: the louder one, or the sum. For a zero, the division by
 * zero leads to the same result as in vbrpsy_mask_add. */
static inline v128_t
mask_add_far(v128_t m1, v128_t m2)
{
    v128_t const more = wasm_f32x4_pmax(m1, m2), less = wasm_f32x4_pmin(m1, m2);
    v128_t const both = wasm_f32x4_lt(wasm_f32x4_div(more, less), wasm_f32x4_splat(ma_max_i2));
    return wasm_v128_bitselect(wasm_f32x4_add(m1, m2), more, both);
}

/* vbrpsy_mask_add, in the lanes set in `near` for bands no more than delta apart. */
static inline v128_t
mask_add_near(v128_t m1, v128_t m2, v128_t near)
{
    v128_t const more = wasm_f32x4_pmax(m1, m2), less = wasm_f32x4_pmin(m1, m2);
    v128_t const ratio = wasm_f32x4_div(more, less), sum = wasm_f32x4_add(m1, m2);
    v128_t const both = wasm_f32x4_lt(ratio, wasm_f32x4_splat(ma_max_i2));
    v128_t  factor = wasm_i32x4_const_splat(0), last = factor;
    /* Each step that is reached replaces the previous factor by its own. */
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

/* The masks of the bands of a row, from b on, by the bands at a distance. */
typedef v128_t mask_t(spreading_t const *s, int b, int row, int distance);

/* Runs the chains of the bands from b on over the distances from `least` to `most`. A mask of
 * zero adds nothing. `deltas` are the distances up to which bands count as near. */
static inline __attribute__((always_inline)) void
add_up_chains(mask_t *mask, spreading_t const *s, int b, int least, int most,
              v128_t const deltas[ROWS], v128_t sums[ROWS])
{
    v128_t const widest = wasm_i32x4_max(wasm_i32x4_max(deltas[0], deltas[1]),
                                         wasm_i32x4_max(deltas[2], deltas[3]));
    int     row, distance;
    for (row = 0; row < ROWS; ++row)
        sums[row] = wasm_i32x4_const_splat(0);
    for (distance = least; distance <= most; ++distance) {
        v128_t const apart = wasm_i32x4_splat(abs(distance));
        if (wasm_v128_any_true(wasm_i32x4_le(apart, widest)))
            for (row = 0; row < ROWS; ++row)
                sums[row] = mask_add_near(sums[row], mask(s, b, row, distance),
                                          wasm_i32x4_le(apart, deltas[row]));
        else
            for (row = 0; row < ROWS; ++row)
                sums[row] = mask_add_far(sums[row], mask(s, b, row, distance));
    }
}

/* mask_idx of bands, from the sum of the averages of each band and its neighbours, and from
 * their largest line. */
static inline v128_t
mask_index(v128_t sum, v128_t max, v128_t bands, v128_t lines)
{
    v128_t const last_tab_entry = wasm_i32x4_splat(sizeof(tab) / sizeof(tab[0]) - 1);
    v128_t const above = wasm_f32x4_mul(wasm_f32x4_const_splat(20.0f),
                                        wasm_f32x4_sub(wasm_f32x4_mul(max, bands), sum));
    v128_t const ratio = wasm_f32x4_div(above, wasm_f32x4_mul(sum, lines));
    return wasm_v128_and(wasm_i32x4_min(wasm_i32x4_trunc_sat_f32x4(ratio), last_tab_entry),
                         wasm_f32x4_gt(sum, wasm_f32x4_const_splat(0)));
}

/* avg_mask, from the sum of mask_idx over the bands that mask a band, and twice their number.
 * The numbers are small, so the integer part of the quotient is exact in a float. */
static inline v128_t
average_mask(v128_t sum, v128_t twice)
{
    v128_t const odd = wasm_i32x4_add(wasm_i32x4_add(sum, sum), wasm_i32x4_const_splat(1));
    v128_t const at = wasm_f32x4_div(wasm_f32x4_convert_i32x4(odd), twice);
    return wasm_f32x4_mul(look_up(tab, wasm_i32x4_trunc_sat_f32x4(at)),
                          wasm_f32x4_const_splat(0.5f));
}

/* The pre-echo control of long blocks, from the masking of a band in this granule and in the
 * two before. */
static inline v128_t
pre_echo_limit(v128_t type, v128_t ecb, v128_t energy, v128_t nb_1, v128_t nb_2)
{
    v128_t const zero = wasm_f32x4_const_splat(0);
    v128_t const is_short = wasm_i32x4_eq(type, wasm_i32x4_const_splat(SHORT_TYPE));
    v128_t const is_norm = wasm_i32x4_eq(type, wasm_i32x4_const_splat(NORM_TYPE));
    v128_t const limit_1 = wasm_f32x4_mul(wasm_f32x4_const_splat(rpelev), nb_1);
    v128_t const limit_2 = wasm_f32x4_mul(wasm_f32x4_const_splat(rpelev2), nb_2);
    v128_t const none_1 = wasm_f32x4_le(limit_1, zero), none_2 = wasm_f32x4_le(limit_2, zero);
    v128_t const or_ecb_1 = wasm_v128_bitselect(ecb, limit_1, none_1);
    v128_t const or_ecb_2 = wasm_v128_bitselect(ecb, limit_2, none_2);
    v128_t const both = wasm_f32x4_pmin(or_ecb_2, or_ecb_1);
    v128_t const limit = wasm_v128_bitselect(both, or_ecb_1, is_norm);
    v128_t const thr = wasm_f32x4_pmin(limit, ecb), guessed = wasm_v128_and(is_short, none_1);
    if (wasm_v128_any_true(guessed)) {
        /* LAME compares these as doubles. */
        FLOAT   e[4], x[4];
        int     i;
        wasm_v128_store(e, energy);
        wasm_v128_store(x, ecb);
        for (i = 0; i < 4; ++i)
            x[i] = Min(x[i], e[i] * NS_PREECHO_ATT2);
        return wasm_v128_bitselect(wasm_v128_load(x), thr, guessed);
    }
    return thr;
}

/* Limits a threshold by the energy and by the largest line of its band. */
static inline v128_t
limited(v128_t thr, v128_t energy, v128_t max, v128_t minval, v128_t avg_mask, v128_t lower)
{
    v128_t const one = wasm_f32x4_const_splat(1);
    v128_t const x = wasm_f32x4_mul(wasm_f32x4_mul(max, minval), avg_mask);
    thr = wasm_f32x4_pmin(thr, x);
    thr = wasm_v128_bitselect(wasm_f32x4_mul(thr, lower), thr, wasm_f32x4_gt(lower, one));
    thr = wasm_f32x4_pmin(thr, energy);
    return wasm_v128_bitselect(wasm_f32x4_mul(thr, lower), thr, wasm_f32x4_lt(lower, one));
}

#endif
