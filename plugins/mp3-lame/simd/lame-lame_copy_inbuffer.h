/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces lame_copy_inbuffer of LAME's lame.c for float samples, planar or interleaved: four
 * samples of both channels at a time.
 */
#include "four.h"

static void lame_copy_inbuffer_of_lame(lame_internal_flags * gfc, void const *l, void const *r,
                                       int nsamples, enum PCMSampleType pcm_type, int jump, FLOAT s);

static void
lame_copy_inbuffer(lame_internal_flags * gfc, void const *l, void const *r, int nsamples,
                   enum PCMSampleType pcm_type, int jump, FLOAT s)
{
    SessionConfig_t const *const cfg = &gfc->cfg;
    EncStateVar_t *const esv = &gfc->sv_enc;
    float const *left = l, *right = r;
    sample_t *const ib0 = esv->in_buffer_0, *const ib1 = esv->in_buffer_1;
    FLOAT const ll = s * cfg->pcm_transform[0][0], lr = s * cfg->pcm_transform[0][1];
    FLOAT const rl = s * cfg->pcm_transform[1][0], rr = s * cfg->pcm_transform[1][1];
    int const is_interleaved = jump == 2 && right == left + 1;
    int     i;

    if (pcm_type != pcm_float_type || (jump != 1 && !is_interleaved)) {
        lame_copy_inbuffer_of_lame(gfc, l, r, nsamples, pcm_type, jump, s);
        return;
    }
    for (i = 0; i + 4 <= nsamples; i += 4) {
        v128_t const a = wasm_v128_load(left + i * jump);
        v128_t const b = wasm_v128_load((is_interleaved ? left + 4 : right) + i * jump);
        v128_t const xl = is_interleaved ? wasm_i32x4_shuffle(a, b, 0, 2, 4, 6) : a;
        v128_t const xr = is_interleaved ? wasm_i32x4_shuffle(a, b, 1, 3, 5, 7) : b;
        wasm_v128_store(ib0 + i, wasm_f32x4_add(wasm_f32x4_mul(xl, wasm_f32x4_splat(ll)),
                                                wasm_f32x4_mul(xr, wasm_f32x4_splat(lr))));
        wasm_v128_store(ib1 + i, wasm_f32x4_add(wasm_f32x4_mul(xl, wasm_f32x4_splat(rl)),
                                                wasm_f32x4_mul(xr, wasm_f32x4_splat(rr))));
    }
    for (; i < nsamples; i++) {
        sample_t const xl = left[i * jump], xr = right[i * jump];
        ib0[i] = xl * ll + xr * lr;
        ib1[i] = xl * rl + xr * rr;
    }
}
