/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * What stands in for the spreading of masking in LAME's psymodel.c: for each band, a chain
 * of vbrpsy_mask_add over all bands that mask it, where each link waits for the one
 * before. Chains do not wait for each other, so sixteen go side by side here, each with
 * its links in their order.
 */
#ifndef TONEARM_SPREAD_MASKING_H
#define TONEARM_SPREAD_MASKING_H

#include "four.h"

/* Vectors of chains side by side: while one waits for its division, the others go on. */
#define ROWS 4

/* The most that two bands lie apart, and more. */
#define FAR CBANDS

/* The spreading function of long or of short blocks, four neighbouring bands in a vector,
 * by the distance of what masks them. The layout lets the bands that mask them be read as
 * vectors too. */
typedef struct {
    /* Whose it is. */
    PsyConst_CB2SB_t const *of;
    /* The distances at which something masks one of the four. */
    int     least[CBANDS / 4], most[CBANDS / 4];
    /* From distance -FAR on; zero where s3 tells nothing. */
    v128_t  s3[CBANDS / 4][2 * FAR];
    /* By which calc_mask_index_l and vbrpsy_calc_mask_index_s divide and multiply: lines
     * of a band and its neighbours, less one, and how many bands these are. */
    v128_t  lines[CBANDS / 4], bands[CBANDS / 4];
    /* The first band that masks each, what follows the last, and twice their number. */
    v128_t  first[CBANDS / 4], past[CBANDS / 4], twice[CBANDS / 4];
} spreading_t;

/* Of long and of short blocks. */
static spreading_t spreadings[2];

/* Before a session's own are known. */
static void
forget_spreadings(void)
{
    spreadings[0].of = spreadings[1].of = NULL;
}

/* The tables that belong to gd, which are made at the first call of a session. */
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

/* What masks the bands of a row, from b on, at a distance. */
typedef v128_t mask_t(spreading_t const *s, int b, int row, int distance);

/* All links of the chains from b on at distances from `least` to `most`, in their order. A
 * mask of zero adds nothing. Up to `deltas` vbrpsy_mask_add looks closer. */
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

/* mask_idx of bands, from the sum of the averages of each and its neighbours, and the
 * largest line of them. */
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

/* avg_mask, from the sum of the mask_idx of all that mask a band, and twice their number:
 * the quotient of small whole numbers, exact in a float, as far as it is wanted. */
static inline v128_t
average_mask(v128_t sum, v128_t twice)
{
    v128_t const odd = wasm_i32x4_add(wasm_i32x4_add(sum, sum), wasm_i32x4_const_splat(1));
    v128_t const at = wasm_f32x4_div(wasm_f32x4_convert_i32x4(odd), twice);
    return wasm_f32x4_mul(look_up(tab, wasm_i32x4_trunc_sat_f32x4(at)),
                          wasm_f32x4_const_splat(0.5f));
}

/* The long block pre-echo control, from what masks a band in this granule and in the two
 * before. */
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

/* A threshold, limited by the energy of its band and by its largest line. */
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
