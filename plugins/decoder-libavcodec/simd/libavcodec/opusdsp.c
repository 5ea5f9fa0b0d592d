/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * FFmpeg's opusdsp.c, with its filters in SIMD, as FFmpeg has them for other processors. */

#define ff_opus_dsp_init plain_opus_dsp_init
#include "src/libavcodec/opusdsp.c"
#undef ff_opus_dsp_init

#include <wasm_simd128.h>

void ff_opus_dsp_init(OpusDSP *ctx);

#define ADD wasm_f32x4_add
#define MUL wasm_f32x4_mul

static inline v128_t all(float value) { return wasm_f32x4_splat(value); }

/* Four samples at once: the period is at least 15, so none depends on another. Equal to the
   bit. */
static void postfilter(float *data, int period, float *gains, int len) {
    v128_t g0 = all(gains[0]), g1 = all(gains[1]), g2 = all(gains[2]);
    int whole = len & ~3;
    for (int i = 0; i < whole; i += 4) {
        const float *past = data + i - period;
        v128_t near = ADD(wasm_v128_load(past + 1), wasm_v128_load(past - 1));
        v128_t far = ADD(wasm_v128_load(past + 2), wasm_v128_load(past - 2));
        v128_t sum = ADD(MUL(g0, wasm_v128_load(past)), MUL(g1, near));
        wasm_v128_store(data + i, ADD(wasm_v128_load(data + i), ADD(sum, MUL(g2, far))));
    }
    postfilter_c(data + whole, period, gains, len - whole);
}

/* Each sample waits for the one before. Four are computed from the last of the four before
   and the powers of the coefficient, so only every fourth waits. The results differ by
   rounding. */
static float deemphasis(float *y, float *x, float coeff, int len) {
    const float c = CELT_EMPH_COEFF;
    const v128_t zero = all(0), one = all(c), two = all(c * c);
    const v128_t powers = wasm_f32x4_make(c, c * c, c * c * c, c * c * c * c);
    v128_t last = all(coeff);
    int whole = len & ~3;
    for (int i = 0; i < whole; i += 4) {
        v128_t sum = wasm_v128_load(x + i);
        sum = ADD(sum, MUL(one, wasm_i32x4_shuffle(zero, sum, 0, 4, 5, 6)));
        sum = ADD(sum, MUL(two, wasm_i32x4_shuffle(zero, sum, 0, 1, 4, 5)));
        sum = ADD(sum, MUL(powers, last));
        wasm_v128_store(y + i, sum);
        last = wasm_i32x4_shuffle(sum, sum, 3, 3, 3, 3);
    }
    return deemphasis_c(y + whole, x + whole, wasm_f32x4_extract_lane(last, 0), len - whole);
}

av_cold void ff_opus_dsp_init(OpusDSP *ctx) {
    plain_opus_dsp_init(ctx);
    ctx->postfilter = postfilter;
    ctx->deemphasis = deemphasis;
}
