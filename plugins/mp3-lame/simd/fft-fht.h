/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for fht of LAME's fft.c: a Hartley transform of 256 or 1024 values. Each
 * value is calculated as the original does it, but four neighbours at once, and the
 * sines and cosines are kept, which the original works out again each time.
 */
#include "four.h"

/* The factors c1, s1, c2 and s2 of each place in each pass. */
static float twiddles[4][4][128];

static inline v128_t
reversed(v128_t v)
{
    return wasm_i32x4_shuffle(v, v, 3, 2, 1, 0);
}

static void
fill_twiddles(void)
{
    int     pass, i;
    for (pass = 0; pass < 4; ++pass) {
        const FLOAT *tri = costab + 2 * pass;
        int const count = 2 << (2 * pass);
        FLOAT   c1 = tri[0], s1 = tri[1], c2;
        for (i = 1; i < count; ++i) {
            twiddles[pass][0][i] = c1;
            twiddles[pass][1][i] = s1;
            twiddles[pass][2][i] = 1 - (2 * s1) * s1;
            twiddles[pass][3][i] = (2 * s1) * c1;
            c2 = c1;
            c1 = c2 * tri[0] - s1 * tri[1];
            s1 = c2 * tri[1] + s1 * tri[0];
        }
    }
}

/* The butterfly of a place i and its mirror image, for one value or four. */
#define BUTTERFLY(T, ADD, SUB, MUL) \
    T const b1 = SUB(MUL(s2, fi1), MUL(c2, gi1)), a1 = ADD(MUL(c2, fi1), MUL(s2, gi1)); \
    T const f1 = SUB(fi0, a1), f0 = ADD(fi0, a1), g1 = SUB(gi0, b1), g0 = ADD(gi0, b1); \
    T const b2 = SUB(MUL(s2, fi3), MUL(c2, gi3)), a2 = ADD(MUL(c2, fi3), MUL(s2, gi3)); \
    T const f3 = SUB(fi2, a2), f2 = ADD(fi2, a2), g3 = SUB(gi2, b2), g2 = ADD(gi2, b2); \
    T const b3 = SUB(MUL(s1, f2), MUL(c1, g3)), a3 = ADD(MUL(c1, f2), MUL(s1, g3)); \
    T const b4 = SUB(MUL(c1, g2), MUL(s1, f3)), a4 = ADD(MUL(s1, g2), MUL(c1, f3));

#define ADD1(a, b) ((a) + (b))
#define SUB1(a, b) ((a) - (b))
#define MUL1(a, b) ((a) * (b))

static void
fht(FLOAT * fz, int n)
{
    FLOAT  *fi, *gi;
    FLOAT const *const fn = fz + 2 * n;
    int     k1, pass;

    if (twiddles[0][0][1] == 0)
        fill_twiddles();
    for (k1 = 4, pass = 0; k1 < 2 * n; k1 *= 4, ++pass) {
        int const kx = k1 / 2, k2 = k1 * 2, k3 = k1 * 3, k4 = k1 * 4;
        int     i;
        for (fi = fz, gi = fz + kx; fi < fn; fi += k4, gi += k4) {
            FLOAT   f0, f1, f2, f3;
            f1 = fi[0] - fi[k1];
            f0 = fi[0] + fi[k1];
            f3 = fi[k2] - fi[k3];
            f2 = fi[k2] + fi[k3];
            fi[k2] = f0 - f2;
            fi[0] = f0 + f2;
            fi[k3] = f1 - f3;
            fi[k1] = f1 + f3;
            f1 = gi[0] - gi[k1];
            f0 = gi[0] + gi[k1];
            f3 = SQRT2 * gi[k3];
            f2 = SQRT2 * gi[k2];
            gi[k2] = f0 - f2;
            gi[0] = f0 + f2;
            gi[k3] = f1 - f3;
            gi[k1] = f1 + f3;
        }
        /* 1, 7, 31 or 127 places: fours, and the first one or three alone. */
        for (i = 1; i < kx && (kx - i) % 4 != 0; ++i) {
            float const c1 = twiddles[pass][0][i], s1 = twiddles[pass][1][i];
            float const c2 = twiddles[pass][2][i], s2 = twiddles[pass][3][i];
            for (fi = fz + i, gi = fz + k1 - i; fi < fn; fi += k4, gi += k4) {
                float const fi0 = fi[0], fi1 = fi[k1], fi2 = fi[k2], fi3 = fi[k3];
                float const gi0 = gi[0], gi1 = gi[k1], gi2 = gi[k2], gi3 = gi[k3];
                BUTTERFLY(float, ADD1, SUB1, MUL1)
                fi[k2] = f0 - a3;
                fi[0] = f0 + a3;
                gi[k3] = g1 - b3;
                gi[k1] = g1 + b3;
                gi[k2] = g0 - a4;
                gi[0] = g0 + a4;
                fi[k3] = f1 - b4;
                fi[k1] = f1 + b4;
            }
        }
        for (; i < kx; i += 4) {
            v128_t const c1 = wasm_v128_load(&twiddles[pass][0][i]);
            v128_t const s1 = wasm_v128_load(&twiddles[pass][1][i]);
            v128_t const c2 = wasm_v128_load(&twiddles[pass][2][i]);
            v128_t const s2 = wasm_v128_load(&twiddles[pass][3][i]);
            for (fi = fz + i, gi = fz + k1 - i - 3; fi < fn; fi += k4, gi += k4) {
                v128_t const fi0 = wasm_v128_load(fi), fi1 = wasm_v128_load(fi + k1);
                v128_t const fi2 = wasm_v128_load(fi + k2), fi3 = wasm_v128_load(fi + k3);
                v128_t const gi0 = reversed(wasm_v128_load(gi));
                v128_t const gi1 = reversed(wasm_v128_load(gi + k1));
                v128_t const gi2 = reversed(wasm_v128_load(gi + k2));
                v128_t const gi3 = reversed(wasm_v128_load(gi + k3));
                BUTTERFLY(v128_t, wasm_f32x4_add, wasm_f32x4_sub, wasm_f32x4_mul)
                wasm_v128_store(fi + k2, wasm_f32x4_sub(f0, a3));
                wasm_v128_store(fi, wasm_f32x4_add(f0, a3));
                wasm_v128_store(gi + k3, reversed(wasm_f32x4_sub(g1, b3)));
                wasm_v128_store(gi + k1, reversed(wasm_f32x4_add(g1, b3)));
                wasm_v128_store(gi + k2, reversed(wasm_f32x4_sub(g0, a4)));
                wasm_v128_store(gi, reversed(wasm_f32x4_add(g0, a4)));
                wasm_v128_store(fi + k3, wasm_f32x4_sub(f1, b4));
                wasm_v128_store(fi + k1, wasm_f32x4_add(f1, b4));
            }
        }
    }
}
