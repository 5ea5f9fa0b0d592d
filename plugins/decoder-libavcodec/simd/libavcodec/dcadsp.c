/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * FFmpeg's dcadsp.c, with the synthesis filter bank of DTS in SIMD. The inverse MDCTs of
 * four time slots run at once, one slot a lane: the samples of a subband lie next to each
 * other, so nothing has to be sorted into lanes. The window is applied to four samples at
 * once. All operations are FFmpeg's, in the same order, so the results are equal to the
 * bit. */

#define ff_dcadsp_init plain_dcadsp_init
#include "src/libavcodec/dcadsp.c"
#undef ff_dcadsp_init

void ff_dcadsp_init(DCADSPContext *s);

#include <math.h>
#include <string.h>
#include <wasm_simd128.h>

/* A complex number of each of four transforms. */
typedef struct { v128_t re, im; } Complexes;

#define INLINED static inline __attribute__((always_inline))

#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul

static inline v128_t all(float value) { return wasm_f32x4_splat(value); }
static inline v128_t reversed(v128_t x) { return wasm_i32x4_shuffle(x, x, 3, 2, 1, 0); }

#define BUTTERFLY(difference, sum, a, b) \
    do { v128_t a_ = (a), b_ = (b); difference = SUB(a_, b_); sum = ADD(a_, b_); } while (0)

/* fft4 of fft_template.c. */
INLINED void fft4_of(Complexes *z)
{
    v128_t t1, t2, t3, t4, t5, t6, t7, t8;

    BUTTERFLY(t3, t1, z[0].re, z[1].re);
    BUTTERFLY(t8, t6, z[3].re, z[2].re);
    BUTTERFLY(z[2].re, z[0].re, t1, t6);
    BUTTERFLY(t4, t2, z[0].im, z[1].im);
    BUTTERFLY(t7, t5, z[2].im, z[3].im);
    BUTTERFLY(z[3].im, z[1].im, t4, t8);
    BUTTERFLY(z[3].re, z[1].re, t3, t7);
    BUTTERFLY(z[2].im, z[0].im, t2, t5);
}

/* BUTTERFLIES, TRANSFORM and TRANSFORM_ZERO of fft_template.c. */
INLINED void
butterflies(Complexes *z, int a0, int a1, int a2, int a3, v128_t t1, v128_t t2, v128_t t5, v128_t t6)
{
    v128_t t3, t4;
    BUTTERFLY(t3, t5, t5, t1);
    BUTTERFLY(z[a2].re, z[a0].re, z[a0].re, t5);
    BUTTERFLY(z[a3].im, z[a1].im, z[a1].im, t3);
    BUTTERFLY(t4, t6, t2, t6);
    BUTTERFLY(z[a3].re, z[a1].re, z[a1].re, t4);
    BUTTERFLY(z[a2].im, z[a0].im, z[a0].im, t6);
}

INLINED void
transform(Complexes *z, int a0, int a1, int a2, int a3, float re, float im)
{
    v128_t wre = all(re), wim = all(im);
    Complexes x = z[a2], y = z[a3];
    /* x times the conjugate of w, and y times w. */
    v128_t t1 = ADD(MUL(x.re, wre), MUL(x.im, wim));
    v128_t t2 = SUB(MUL(x.im, wre), MUL(x.re, wim));
    v128_t t5 = SUB(MUL(y.re, wre), MUL(y.im, wim));
    v128_t t6 = ADD(MUL(y.re, wim), MUL(y.im, wre));
    butterflies(z, a0, a1, a2, a3, t1, t2, t5, t6);
}

INLINED void transform_zero(Complexes *z, int a0, int a1, int a2, int a3)
{
    butterflies(z, a0, a1, a2, a3, z[a2].re, z[a2].im, z[a3].re, z[a3].im);
}

#define COS_16_1 0.92387953251128675613f
#define COS_16_3 0.38268343236508977173f
#define SQRT_HALF (float)M_SQRT1_2

/* fft8 and fft16 of fft_template.c. */
INLINED void fft16_of(Complexes *z)
{
    Complexes a = z[4], b = z[5], c = z[6], d = z[7];
    v128_t t1, t2, t5, t6;
    fft4_of(z);
    t1 = ADD(a.re, b.re); z[5].re = SUB(a.re, b.re);
    t2 = ADD(a.im, b.im); z[5].im = SUB(a.im, b.im);
    t5 = ADD(c.re, d.re); z[7].re = SUB(c.re, d.re);
    t6 = ADD(c.im, d.im); z[7].im = SUB(c.im, d.im);
    butterflies(z, 0, 2, 4, 6, t1, t2, t5, t6);
    transform(z, 1, 3, 5, 7, SQRT_HALF, SQRT_HALF);
    fft4_of(z + 8);
    fft4_of(z + 12);
    transform_zero(z, 0, 4, 8, 12);
    transform(z, 2, 6, 10, 14, SQRT_HALF, SQRT_HALF);
    transform(z, 1, 5, 9, 13, COS_16_1, COS_16_3);
    transform(z, 3, 7, 11, 15, COS_16_3, COS_16_1);
}

/* Where the FFT takes each input from. */
static const uint8_t order[16] = { 0, 12, 6, 11, 3, 15, 5, 9, 1, 13, 7, 10, 2, 14, 4, 8 };
static float twiddle_re[16], twiddle_im[16];

static av_cold void init_twiddles(void)
{
    for (int i = 0; i < 16; i++) {
        double alpha = 2 * M_PI * (i + 1.0 / 8.0) / 64;
        twiddle_re[i] = -cos(alpha);
        twiddle_im[i] = -sin(alpha);
    }
}

/* Four samples of subband `i`; those of every other pair are negated. */
static inline v128_t subband(int32_t **samples, int i, int at)
{
    v128_t four = wasm_v128_load(samples[i] + at);
    return wasm_f32x4_convert_i32x4((i - 1) & 2 ? wasm_i32x4_neg(four) : four);
}

/* ff_imdct_half_c of mdct_template.c for the time slots `at` to `at + 3`. */
INLINED void imdct_of_four(float out[4][32], int32_t **samples, int at)
{
    Complexes z[16];
#pragma clang loop unroll(full)
    for (int k = 0; k < 16; k++) {
        v128_t even = subband(samples, 2 * k, at), odd = subband(samples, 31 - 2 * k, at);
        v128_t re = all(twiddle_re[k]), im = all(twiddle_im[k]);
        Complexes *to = &z[order[k]];
        to->re = SUB(MUL(odd, re), MUL(even, im));
        to->im = ADD(MUL(odd, im), MUL(even, re));
    }
    fft16_of(z);
#pragma clang loop unroll(full)
    for (int k = 0; k < 8; k++) {
        Complexes low = z[7 - k], high = z[8 + k];
        v128_t lre = all(twiddle_re[7 - k]), lim = all(twiddle_im[7 - k]);
        v128_t hre = all(twiddle_re[8 + k]), him = all(twiddle_im[8 + k]);
        z[7 - k].re = SUB(MUL(low.im, lim), MUL(low.re, lre));
        z[8 + k].im = ADD(MUL(low.im, lre), MUL(low.re, lim));
        z[8 + k].re = SUB(MUL(high.im, him), MUL(high.re, hre));
        z[7 - k].im = ADD(MUL(high.im, hre), MUL(high.re, him));
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < 16; k += 2) {
        v128_t a = wasm_i32x4_shuffle(z[k].re, z[k].im, 0, 4, 1, 5);
        v128_t b = wasm_i32x4_shuffle(z[k].re, z[k].im, 2, 6, 3, 7);
        v128_t c = wasm_i32x4_shuffle(z[k + 1].re, z[k + 1].im, 0, 4, 1, 5);
        v128_t d = wasm_i32x4_shuffle(z[k + 1].re, z[k + 1].im, 2, 6, 3, 7);
        wasm_v128_store(out[0] + 2 * k, wasm_i64x2_shuffle(a, c, 0, 2));
        wasm_v128_store(out[1] + 2 * k, wasm_i64x2_shuffle(a, c, 1, 3));
        wasm_v128_store(out[2] + 2 * k, wasm_i64x2_shuffle(b, d, 0, 2));
        wasm_v128_store(out[3] + 2 * k, wasm_i64x2_shuffle(b, d, 1, 3));
    }
}

/* The window of synth_filter_float. `synth` is a ring of 512 samples. */
INLINED void
window_of(const float *synth, int offset, float *rest, const float *window, float *out, v128_t scale)
{
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 4) {
        v128_t a = wasm_v128_load(rest + i), b = wasm_v128_load(rest + i + 16);
        v128_t c = all(0), d = all(0);
#pragma clang loop unroll(full)
        for (int j = 0; j < 512; j += 64) {
            const float *from = synth + ((offset + j) & 511), *w = window + i + j;
            a = SUB(a, MUL(wasm_v128_load(w), reversed(wasm_v128_load(from + 12 - i))));
            b = ADD(b, MUL(wasm_v128_load(w + 16), wasm_v128_load(from + i)));
            c = ADD(c, MUL(wasm_v128_load(w + 32), wasm_v128_load(from + 16 + i)));
            d = ADD(d, MUL(wasm_v128_load(w + 48), reversed(wasm_v128_load(from + 28 - i))));
        }
        wasm_v128_store(out + i, MUL(a, scale));
        wasm_v128_store(out + i + 16, MUL(b, scale));
        wasm_v128_store(rest + i, c);
        wasm_v128_store(rest + i + 16, d);
    }
}

/* FFmpeg 6 and newer have another interface of transforms; this one needs neither. */
#ifdef AVUTIL_TX_H
#define TRANSFORM_PARAMETERS AVTXContext *imdct, av_tx_fn imdct_fn
#define TRANSFORM_ARGUMENTS imdct, imdct_fn
#else
#define TRANSFORM_PARAMETERS FFTContext *imdct
#define TRANSFORM_ARGUMENTS imdct
#endif

static void sub_qmf32_float_simd(SynthFilterContext *synth, TRANSFORM_PARAMETERS, float *pcm_samples,
                                 int32_t **samples, int32_t **unused, float *hist1, int *offset,
                                 float *hist2, const float *filter_coeff, ptrdiff_t npcmblocks,
                                 float scale)
{
    int at = *offset;
    if (npcmblocks & 3) {
        sub_qmf32_float_c(synth, TRANSFORM_ARGUMENTS, pcm_samples, samples, unused, hist1, offset,
                          hist2, filter_coeff, npcmblocks, scale);
        return;
    }
    for (ptrdiff_t j = 0; j < npcmblocks; j += 4) {
        float transformed[4][32];
        imdct_of_four(transformed, samples, j);
        for (int k = 0; k < 4; k++) {
            memcpy(hist1 + at, transformed[k], sizeof transformed[k]);
            window_of(hist1, at, hist2, filter_coeff, pcm_samples, all(scale));
            at = (at - 32) & 511;
            pcm_samples += 32;
        }
    }
    *offset = at;
}

av_cold void ff_dcadsp_init(DCADSPContext *s)
{
    init_twiddles();
    plain_dcadsp_init(s);
    s->sub_qmf_float[0] = sub_qmf32_float_simd;
}
