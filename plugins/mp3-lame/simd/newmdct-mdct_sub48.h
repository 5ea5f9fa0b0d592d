/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces mdct_sub48 of LAME's newmdct.c for frames with long blocks only: transforms four
 * subbands at once, with the original's additions in the original's order. Frames with short
 * blocks are left to the original.
 */
#include "four.h"

void    mdct_sub48_of_lame(lame_internal_flags * gfc, const sample_t * w0, const sample_t * w1);

typedef float four __attribute__((vector_size(16), aligned(4)));

/* mdct_long of four subbands. */
static inline void
mdct_long_of_four(four * out, four const *in)
{
    four    ct, st;
    {
        four    tc1 = in[17] - in[9], tc3 = in[15] - in[11], tc4 = in[14] - in[12], tc2;
        four    ts5 = in[0] + in[8], ts6 = in[1] + in[7], ts7 = in[2] + in[6], ts8 = in[3] + in[5];

        out[17] = (ts5 + ts7 - ts8) - (ts6 - in[4]);
        st = (ts5 + ts7 - ts8) * cx[7] + (ts6 - in[4]);
        ct = (tc1 - tc3 - tc4) * cx[6];
        out[5] = ct + st;
        out[6] = ct - st;

        tc2 = (in[16] - in[10]) * cx[6];
        ts6 = ts6 * cx[7] + in[4];
        ct = tc1 * cx[0] + tc2 + tc3 * cx[1] + tc4 * cx[2];
        st = -ts5 * cx[4] + ts6 - ts7 * cx[5] + ts8 * cx[3];
        out[1] = ct + st;
        out[2] = ct - st;

        ct = tc1 * cx[1] - tc2 - tc3 * cx[2] + tc4 * cx[0];
        st = -ts5 * cx[5] + ts6 - ts7 * cx[3] + ts8 * cx[4];
        out[9] = ct + st;
        out[10] = ct - st;

        ct = tc1 * cx[2] - tc2 + tc3 * cx[0] - tc4 * cx[1];
        st = ts5 * cx[3] - ts6 + ts7 * cx[4] - ts8 * cx[5];
        out[13] = ct + st;
        out[14] = ct - st;
    }
    {
        four    ts1 = in[8] - in[0], ts3 = in[6] - in[2], ts4 = in[5] - in[3], ts2;
        four    tc5 = in[17] + in[9], tc6 = in[16] + in[10], tc7 = in[15] + in[11], tc8 = in[14] + in[12];

        out[0] = (tc5 + tc7 + tc8) + (tc6 + in[13]);
        ct = (tc5 + tc7 + tc8) * cx[7] - (tc6 + in[13]);
        st = (ts1 - ts3 + ts4) * cx[6];
        out[11] = ct + st;
        out[12] = ct - st;

        ts2 = (in[7] - in[1]) * cx[6];
        tc6 = in[13] - tc6 * cx[7];
        ct = tc5 * cx[3] - tc6 + tc7 * cx[4] + tc8 * cx[5];
        st = ts1 * cx[2] + ts2 + ts3 * cx[0] + ts4 * cx[1];
        out[3] = ct + st;
        out[4] = ct - st;

        ct = -tc5 * cx[5] + tc6 - tc7 * cx[3] - tc8 * cx[4];
        st = ts1 * cx[1] + ts2 - ts3 * cx[2] - ts4 * cx[0];
        out[7] = ct + st;
        out[8] = ct - st;

        ct = -tc5 * cx[4] + tc6 - tc7 * cx[5] - tc8 * cx[3];
        st = ts1 * cx[0] - ts2 + ts3 * cx[1] - ts4 * cx[2];
        out[15] = ct + st;
        out[16] = ct - st;
    }
}

/* Transforms the four subbands from `place` on, whose samples of two granules start at s0
 * and s1. Subbands are stored in another order than they are coded in. */
static inline void
transform_four(FLOAT const *amp_filter, FLOAT const *w, FLOAT const *s0, FLOAT * s1,
               int const band[4], FLOAT * xr)
{
    four    work[18], out[18], amp;
    int     i, k, are_scaled = 0, are_silent = 0;

    for (i = 0; i < 4; ++i) {
        FLOAT const it = amp_filter[band[i]];
        int const is_silent = it < 1e-12;
        are_silent += is_silent;
        amp[i] = is_silent || it >= 1.0 ? 1 : it;
        are_scaled |= amp[i] != 1;
    }
    if (are_silent < 4) {
        if (are_scaled)
            for (k = 0; k < 18; k++)
                *(four *) (s1 + k * 32) *= amp;
        for (k = -9; k < 0; k++) {
            four const a = w[k + 27] * *(four *) (s1 + (k + 9) * 32)
                + w[k + 36] * *(four *) (s1 + (8 - k) * 32);
            four const b = w[k + 9] * *(four const *) (s0 + (k + 9) * 32)
                - w[k + 18] * *(four const *) (s0 + (8 - k) * 32);
            work[k + 9] = a - b * tantab_l[k + 9];
            work[k + 18] = a * tantab_l[k + 9] + b;
        }
        mdct_long_of_four(out, work);
        for (k = 0; k < 16; k += 4) {
            v128_t  lines[4];
            for (i = 0; i < 4; ++i)
                lines[i] = (v128_t) out[k + i];
            transpose(lines);
            for (i = 0; i < 4; ++i)
                wasm_v128_store(xr + band[i] * 18 + k, lines[i]);
        }
        for (; k < 18; ++k)
            for (i = 0; i < 4; ++i)
                xr[band[i] * 18 + k] = out[k][i];
    }
    for (i = 0; i < 4; ++i)
        if (amp_filter[band[i]] < 1e-12)
            memset(xr + band[i] * 18, 0, 18 * sizeof(FLOAT));
}

/* The alias reduction butterflies between a subband and the one below. */
static inline void
reduce_aliasing(FLOAT * xr)
{
    int     k;
    for (k = 0; k < 8; k += 4) {
        four const up = *(four *) (xr + k), low = *(four *) (xr - 4 - k);
        four const down = __builtin_shufflevector(low, low, 3, 2, 1, 0);
        four const a = *(four const *) (ca + k), s = *(four const *) (cs + k);
        four const bu = up * a + down * s;
        *(four *) (xr + k) = up * s - down * a;
        *(four *) (xr - 4 - k) = __builtin_shufflevector(bu, bu, 3, 2, 1, 0);
    }
}

void
mdct_sub48(lame_internal_flags * gfc, const sample_t * w0, const sample_t * w1)
{
    SessionConfig_t const *const cfg = &gfc->cfg;
    EncStateVar_t *const esv = &gfc->sv_enc;
    int     gr, k, ch, band, place, band_at[32];

    for (ch = 0; ch < cfg->channels_out; ch++)
        for (gr = 0; gr < cfg->mode_gr; gr++) {
            gr_info const *const gi = &gfc->l3_side.tt[gr][ch];
            if (gi->block_type == SHORT_TYPE || gi->mixed_block_flag) {
                mdct_sub48_of_lame(gfc, w0, w1);
                return;
            }
        }
    for (band = 0; band < 32; ++band)
        band_at[order[band]] = band;
    for (ch = 0; ch < cfg->channels_out; ch++) {
        sample_t const *wk = (ch ? w1 : w0) + 286;
        for (gr = 0; gr < cfg->mode_gr; gr++) {
            gr_info *const gi = &gfc->l3_side.tt[gr][ch];
            FLOAT  *samp = esv->sb_sample[ch][1 - gr][0];
            for (k = 0; k < 18; k++, samp += 32, wk += 32) {
                window_subband(wk, samp);
                /* The analysis filterbank inverts these. */
                if (k % 2)
                    for (band = 1; band < 32; band += 2)
                        samp[band] *= -1;
            }
            for (place = 0; place < 32; place += 4)
                transform_four(esv->amp_filter, win[gi->block_type], esv->sb_sample[ch][gr][0] + place,
                               esv->sb_sample[ch][1 - gr][0] + place, band_at + place, gi->xr);
            for (band = 1; band < 32; ++band)
                reduce_aliasing(gi->xr + band * 18);
        }
        if (cfg->mode_gr == 1)
            memcpy(esv->sb_sample[ch][0], esv->sb_sample[ch][1], 576 * sizeof(FLOAT));
    }
}
