/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces the first loop of window_subband of LAME's newmdct.c: fifteen pairs of windowed
 * sums, four at a time, each added up in the original's order.
 */
#include "four.h"

/* The window, with neighbouring pairs in neighbouring lanes. The sixteenth is unused. */
static float window_by_pair[18][16];

static void
fill_window_by_pair(void)
{
    int     n, tap;
    for (n = 0; n < 15; ++n)
        for (tap = 0; tap < 18; ++tap)
            window_by_pair[tap][n] = enwindow[18 * n + tap];
}

/* From pair to pair, x1 moves down and x2 moves up. Writes a[0] to a[29]; the values
 * written to a[30] and a[31] are overwritten later. */
static inline void
window_pairs(const sample_t *x1, const sample_t *x2, FLOAT *a)
{
    int     n;
    if (window_by_pair[8][0] == 0)
        fill_window_by_pair();
    for (n = 0; n < 16; n += 4, x1 -= 4, x2 += 4, a += 8) {
        v128_t  s = wasm_f32x4_const_splat(0), t = s, low, high, difference;
        int     tap;
#define UP(at) wasm_v128_load(x2 + (at))
#define DOWN(at) wasm_i32x4_shuffle(wasm_v128_load(x1 - 3 + (at)), s, 3, 2, 1, 0)
#pragma clang loop unroll(full)
        for (tap = 0; tap < 8; ++tap) {
            v128_t const w = wasm_v128_load(&window_by_pair[tap][n]);
            v128_t const up = wasm_f32x4_mul(UP(64 * tap - 224), w);
            v128_t const down = wasm_f32x4_mul(DOWN(224 - 64 * tap), w);
            s = tap ? wasm_f32x4_add(s, up) : up;
            t = tap ? wasm_f32x4_add(t, down) : down;
        }
#pragma clang loop unroll(full)
        for (tap = 0; tap < 8; ++tap) {
            v128_t const w = wasm_v128_load(&window_by_pair[tap + 8][n]);
            s = wasm_f32x4_add(s, wasm_f32x4_mul(DOWN(64 * tap - 256), w));
            t = wasm_f32x4_sub(t, wasm_f32x4_mul(UP(256 - 64 * tap), w));
        }
#undef UP
#undef DOWN
        s = wasm_f32x4_mul(s, wasm_v128_load(&window_by_pair[16][n]));
        difference = wasm_f32x4_mul(wasm_v128_load(&window_by_pair[17][n]), wasm_f32x4_sub(t, s));
        s = wasm_f32x4_add(t, s);
        low = wasm_i32x4_shuffle(s, difference, 0, 4, 1, 5);
        high = wasm_i32x4_shuffle(s, difference, 2, 6, 3, 7);
        wasm_v128_store(a, low);
        wasm_v128_store(a + 4, high);
    }
}
