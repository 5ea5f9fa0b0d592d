/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces fht of LAME's fft.c, a Hartley transform of 256 or 1024 values. Each value is
 * computed by the original's operations, four neighbours at a time. The sines and cosines
 * are kept in a table; the original computes them for every transform.
 */
#include "four.h"

/* The factors c1, s1, c2 and s2 by pass and position. */
static float twiddles[4][4][132];

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

/* The butterfly of a position without a mirror image: the first and the middle one. */
#define FIRST_BUTTERFLY(x0, x1, x2, x3) { \
        v128_t const f1 = wasm_f32x4_sub(x0, x1), f0 = wasm_f32x4_add(x0, x1); \
        v128_t const f3 = x3, f2 = x2; \
        x2 = wasm_f32x4_sub(f0, f2); \
        x0 = wasm_f32x4_add(f0, f2); \
        x3 = wasm_f32x4_sub(f1, f3); \
        x1 = wasm_f32x4_add(f1, f3); \
    }

/* Four butterflies of positions and their mirror images, by the factors of each position. */
#define BUTTERFLY(c1, s1, c2, s2) { \
        v128_t const b1 = SUB(MUL(s2, fi1), MUL(c2, gi1)), a1 = ADD(MUL(c2, fi1), MUL(s2, gi1)); \
        v128_t const f1 = SUB(fi0, a1), f0 = ADD(fi0, a1), g1 = SUB(gi0, b1), g0 = ADD(gi0, b1); \
        v128_t const b2 = SUB(MUL(s2, fi3), MUL(c2, gi3)), a2 = ADD(MUL(c2, fi3), MUL(s2, gi3)); \
        v128_t const f3 = SUB(fi2, a2), f2 = ADD(fi2, a2), g3 = SUB(gi2, b2), g2 = ADD(gi2, b2); \
        v128_t const b3 = SUB(MUL(s1, f2), MUL(c1, g3)), a3 = ADD(MUL(c1, f2), MUL(s1, g3)); \
        v128_t const b4 = SUB(MUL(c1, g2), MUL(s1, f3)), a4 = ADD(MUL(s1, g2), MUL(c1, f3)); \
        fi2 = SUB(f0, a3); \
        fi0 = ADD(f0, a3); \
        gi3 = SUB(g1, b3); \
        gi1 = ADD(g1, b3); \
        gi2 = SUB(g0, a4); \
        gi0 = ADD(g0, a4); \
        fi3 = SUB(f1, b4); \
        fi1 = ADD(f1, b4); \
    }
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul

/* Multiplies by the square root of two in double precision, as the original. */
static inline v128_t
times_root(v128_t v)
{
    v128_t const root = wasm_f64x2_const_splat(SQRT2);
    v128_t const high = wasm_i64x2_shuffle(v, v, 1, 1);
    return wasm_i64x2_shuffle(
        wasm_f32x4_demote_f64x2_zero(wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(v), root)),
        wasm_f32x4_demote_f64x2_zero(wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(high), root)),
        0, 2);
}

/* The first pass. Its blocks of sixteen values have four positions of four values each;
 * four blocks are processed at once, one per lane. */
static void
first_pass(FLOAT *fz, FLOAT const *fn)
{
    v128_t const c1 = wasm_v128_load32_splat(&twiddles[0][0][1]);
    v128_t const s1 = wasm_v128_load32_splat(&twiddles[0][1][1]);
    v128_t const c2 = wasm_v128_load32_splat(&twiddles[0][2][1]);
    v128_t const s2 = wasm_v128_load32_splat(&twiddles[0][3][1]);
    for (; fz < fn; fz += 64) {
        v128_t  x[4][4];
        int     k, lane;
        for (k = 0; k < 4; ++k) {
            for (lane = 0; lane < 4; ++lane)
                x[k][lane] = wasm_v128_load(fz + 16 * lane + 4 * k);
            transpose(x[k]);
        }
        x[2][2] = times_root(x[2][2]);
        x[3][2] = times_root(x[3][2]);
        /* These two are one pair; the original combines them before the butterfly. */
        {
            v128_t const sum = ADD(x[2][0], x[3][0]);
            x[3][0] = SUB(x[2][0], x[3][0]);
            x[2][0] = sum;
        }
        FIRST_BUTTERFLY(x[0][0], x[1][0], x[2][0], x[3][0])
        FIRST_BUTTERFLY(x[0][2], x[1][2], x[2][2], x[3][2])
        {
            v128_t  fi0 = x[0][1], fi1 = x[1][1], fi2 = x[2][1], fi3 = x[3][1];
            v128_t  gi0 = x[0][3], gi1 = x[1][3], gi2 = x[2][3], gi3 = x[3][3];
            BUTTERFLY(c1, s1, c2, s2)
            x[0][1] = fi0, x[1][1] = fi1, x[2][1] = fi2, x[3][1] = fi3;
            x[0][3] = gi0, x[1][3] = gi1, x[2][3] = gi2, x[3][3] = gi3;
        }
        for (k = 0; k < 4; ++k) {
            transpose(x[k]);
            for (lane = 0; lane < 4; ++lane)
                wasm_v128_store(fz + 16 * lane + 4 * k, x[k][lane]);
        }
    }
}

/* Processes four positions of a pass from i on, and their mirror images. Only the lanes set
 * in `own` are stored. */
static inline __attribute__((always_inline)) void
four_places(FLOAT *fz, FLOAT const *fn, int k1, int pass, int i, v128_t own)
{
    int const k2 = k1 * 2, k3 = k1 * 3, k4 = k1 * 4;
    v128_t const mirrored = reversed(own);
    v128_t const c1 = wasm_v128_load(&twiddles[pass][0][i]);
    v128_t const s1 = wasm_v128_load(&twiddles[pass][1][i]);
    v128_t const c2 = wasm_v128_load(&twiddles[pass][2][i]);
    v128_t const s2 = wasm_v128_load(&twiddles[pass][3][i]);
    FLOAT  *fi, *gi;
    for (fi = fz + i, gi = fz + k1 - i - 3; fi < fn; fi += k4, gi += k4) {
#define LOAD(i, k) wasm_v128_load((i) + (k))
#define STORE(i, k, v, own) wasm_v128_store((i) + (k), wasm_v128_bitselect(v, LOAD(i, k), own))
        v128_t  fi0 = LOAD(fi, 0), fi1 = LOAD(fi, k1), fi2 = LOAD(fi, k2), fi3 = LOAD(fi, k3);
        v128_t  gi0 = reversed(LOAD(gi, 0)), gi1 = reversed(LOAD(gi, k1));
        v128_t  gi2 = reversed(LOAD(gi, k2)), gi3 = reversed(LOAD(gi, k3));
        BUTTERFLY(c1, s1, c2, s2)
        STORE(fi, 0, fi0, own);
        STORE(fi, k1, fi1, own);
        STORE(fi, k2, fi2, own);
        STORE(fi, k3, fi3, own);
        STORE(gi, 0, reversed(gi0), mirrored);
        STORE(gi, k1, reversed(gi1), mirrored);
        STORE(gi, k2, reversed(gi2), mirrored);
        STORE(gi, k3, reversed(gi3), mirrored);
#undef LOAD
#undef STORE
    }
}

static void
fht(FLOAT * fz, int n)
{
    FLOAT const *const fn = fz + 2 * n;
    int     k1, pass;

    if (twiddles[0][0][1] == 0)
        fill_twiddles();
    first_pass(fz, fn);
    for (k1 = 16, pass = 1; k1 < 2 * n; k1 *= 4, ++pass) {
        int const kx = k1 / 2, k2 = k1 * 2, k3 = k1 * 3, k4 = k1 * 4;
        FLOAT  *fi, *gi;
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
        /* 7, 31 or 127 positions: groups of four, and a last group of three. */
        for (i = 1; i + 4 < kx; i += 4)
            four_places(fz, fn, k1, pass, i, wasm_i32x4_const_splat(-1));
        four_places(fz, fn, k1, pass, i, wasm_i32x4_const(-1, -1, -1, 0));
    }
}
