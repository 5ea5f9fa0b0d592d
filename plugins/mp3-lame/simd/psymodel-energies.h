/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stand in for two loops of vbrpsy_compute_fft_l in LAME's psymodel.c: mid and side of
 * left and right, and the energies of a spectrum.
 */
#include "four.h"

/* Of all lines of two spectra, in place. */
static void
mid_and_side(FLOAT *left, FLOAT *right)
{
    v128_t const half_power = wasm_f32x4_splat((FLOAT) (SQRT2 * 0.5f));
    int     i;
    for (i = 0; i < BLKSIZE; i += 4) {
        v128_t const l = wasm_v128_load(left + i), r = wasm_v128_load(right + i);
        wasm_v128_store(left + i, wasm_f32x4_mul(wasm_f32x4_add(l, r), half_power));
        wasm_v128_store(right + i, wasm_f32x4_mul(wasm_f32x4_sub(l, r), half_power));
    }
}

/* Of the lines from 1 on, whose imaginary parts lie behind in reverse order. */
static void
energies_of(const FLOAT *lines, FLOAT *energies)
{
    v128_t const half = wasm_f32x4_const_splat(0.5f);
    int     i;
    for (i = 1; i + 4 <= BLKSIZE / 2; i += 4) {
        v128_t const re = wasm_v128_load(lines + i);
        v128_t const back = wasm_v128_load(lines + BLKSIZE - i - 3);
        v128_t const im = wasm_i32x4_shuffle(back, back, 3, 2, 1, 0);
        v128_t const sum = wasm_f32x4_add(wasm_f32x4_mul(re, re), wasm_f32x4_mul(im, im));
        wasm_v128_store(energies + i, wasm_f32x4_mul(sum, half));
    }
    for (; i <= BLKSIZE / 2; ++i) {
        FLOAT const re = lines[i], im = lines[BLKSIZE - i];
        energies[i] = (re * re + im * im) * 0.5f;
    }
}
