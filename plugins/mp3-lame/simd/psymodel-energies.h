/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces two loops of vbrpsy_compute_fft_l in LAME's psymodel.c, which compute the energies
 * of a spectrum and their sum, and psycho_loudness_approx, which is called right after it and
 * adds up the energies again. The additions of a sum depend on each other, so both sums are
 * computed while the energies are.
 */
#ifndef TONEARM_ENERGIES_H
#define TONEARM_ENERGIES_H

#include "four.h"

/* The loudness of the most recent spectrum. */
static FLOAT loudness_power;

/* Computes the energies of the lines from 1 on, whose imaginary parts follow in reverse
 * order. Returns the sum of the energies from line 11 on. */
static FLOAT
energies_of(const FLOAT *lines, FLOAT *energies, FLOAT const *weights)
{
    v128_t const half = wasm_f32x4_const_splat(0.5f);
    FLOAT   total = 0, loudness = energies[0] * weights[0];
    int     i, n;
#define LINES(count) \
    for (n = 0; n < (count); n += 4) { \
        v128_t const re = wasm_v128_load(lines + i + n); \
        v128_t const back = wasm_v128_load(lines + BLKSIZE - i - n - 3); \
        v128_t const im = wasm_i32x4_shuffle(back, back, 3, 2, 1, 0); \
        v128_t const sum = wasm_f32x4_add(wasm_f32x4_mul(re, re), wasm_f32x4_mul(im, im)); \
        wasm_v128_store(energies + i + n, wasm_f32x4_mul(sum, half)); \
    } \
    for (n = 0; n < (count); ++n) { \
        if (i + n >= 11) \
            total += energies[i + n]; \
        if (i + n < BLKSIZE / 2) \
            loudness += energies[i + n] * weights[i + n]; \
    }
    i = 1;
    LINES(16)
    for (i = 17; i < BLKSIZE / 2 - 15; i += 16) {
        LINES(16)
    }
    LINES(16)
#undef LINES
    loudness_power = loudness;
    return total;
}

static FLOAT
psycho_loudness_approx(FLOAT const *energy, FLOAT const *eql_w)
{
    FLOAT   power = loudness_power;
    power *= VO_SCALE;
    return power;
}

#endif
