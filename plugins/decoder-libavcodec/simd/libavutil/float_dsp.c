/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * FFmpeg's float_dsp.c, with its loops over floats four at a time. The compiler does not
 * vectorize them itself where the destination is also a source, as in SBR's filter bank.
 * Each sample is computed as before, so the results are equal to the bit. */

#define avpriv_float_dsp_alloc plain_float_dsp_alloc
#include "src/libavutil/float_dsp.c"
#undef avpriv_float_dsp_alloc

AVFloatDSPContext *avpriv_float_dsp_alloc(int bit_exact);

#include <wasm_simd128.h>

static inline v128_t reversed(v128_t x) { return wasm_i32x4_shuffle(x, x, 3, 2, 1, 0); }

/* Defines a function that stores VECTOR, of samples `i` to `i + 3`, or SCALAR, of sample `i`. */
#define LOOP(NAME, PARAMETERS, VECTOR, SCALAR)                                                     \
    static void NAME PARAMETERS {                                                                  \
        int i = 0;                                                                                 \
        for (; i + 4 <= len; i += 4)                                                               \
            wasm_v128_store(dst + i, VECTOR);                                                      \
        for (; i < len; i++)                                                                       \
            dst[i] = SCALAR;                                                                       \
    }

#define AT(FROM) wasm_v128_load((FROM) + i)

LOOP(fmul, (float *dst, const float *src0, const float *src1, int len),
     wasm_f32x4_mul(AT(src0), AT(src1)), src0[i] * src1[i])

LOOP(fmac_scalar, (float *dst, const float *src, float mul, int len),
     wasm_f32x4_add(AT(dst), wasm_f32x4_mul(AT(src), wasm_f32x4_splat(mul))),
     dst[i] + src[i] * mul)

LOOP(fmul_scalar, (float *dst, const float *src, float mul, int len),
     wasm_f32x4_mul(AT(src), wasm_f32x4_splat(mul)), src[i] * mul)

LOOP(fmul_add, (float *dst, const float *src0, const float *src1, const float *src2, int len),
     wasm_f32x4_add(wasm_f32x4_mul(AT(src0), AT(src1)), AT(src2)), src0[i] * src1[i] + src2[i])

LOOP(fmul_reverse, (float *dst, const float *src0, const float *src1, int len),
     wasm_f32x4_mul(AT(src0), reversed(wasm_v128_load(src1 + len - 4 - i))),
     src0[i] * src1[len - 1 - i])

/* Overlaps the end of a block with the start of the next one, from both ends. */
static void fmul_window(float *dst, const float *src0, const float *src1, const float *win,
                        int len) {
    if (len & 3) {
        vector_fmul_window_c(dst, src0, src1, win, len);
        return;
    }
    for (int i = 0, j = 2 * len - 4; i < len; i += 4, j -= 4) {
        v128_t s0 = AT(src0), s1 = reversed(wasm_v128_load(src1 + j - len));
        v128_t wi = AT(win), wj = reversed(wasm_v128_load(win + j));
        v128_t first = wasm_f32x4_sub(wasm_f32x4_mul(s0, wj), wasm_f32x4_mul(s1, wi));
        v128_t last = wasm_f32x4_add(wasm_f32x4_mul(s0, wi), wasm_f32x4_mul(s1, wj));
        wasm_v128_store(dst + i, first);
        wasm_v128_store(dst + j, reversed(last));
    }
}

av_cold AVFloatDSPContext *avpriv_float_dsp_alloc(int bit_exact) {
    AVFloatDSPContext *dsp = plain_float_dsp_alloc(bit_exact);
    if (!dsp)
        return NULL;
    dsp->vector_fmul = fmul;
    dsp->vector_fmac_scalar = fmac_scalar;
    dsp->vector_fmul_scalar = fmul_scalar;
    dsp->vector_fmul_add = fmul_add;
    dsp->vector_fmul_reverse = fmul_reverse;
    dsp->vector_fmul_window = fmul_window;
    return dsp;
}
