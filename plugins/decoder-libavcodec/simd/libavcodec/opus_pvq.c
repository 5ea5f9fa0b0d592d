/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * FFmpeg's opus_pvq.c, whose inner loops stay functions of their own. Inlined into the
 * decoder of a band, which is long and recursive, they keep their variables in memory. */

#include <stdint.h>

#define APART static __attribute__((noinline))

APART uint64_t celt_cwrsi(uint32_t N, uint32_t K, uint32_t i, int *y);
APART void celt_exp_rotation_impl(float *X, uint32_t len, uint32_t stride, float c, float s);
APART void celt_haar1(float *X, int N0, int stride);
APART void celt_interleave_hadamard(float *tmp, float *X, int N0, int stride, int hadamard);
APART void celt_deinterleave_hadamard(float *tmp, float *X, int N0, int stride, int hadamard);
APART void celt_stereo_merge(float *X, float *Y, float mid, int N);
APART uint32_t celt_extract_collapse_mask(const int *iy, uint32_t N, uint32_t B);

#include "src/libavcodec/opus_pvq.c"
