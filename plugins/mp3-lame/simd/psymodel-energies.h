/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for a loop of vbrpsy_compute_fft_l in LAME's psymodel.c: the energies of a
 * spectrum.
 */
#include "four.h"

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
