/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for the loop over channels of long blocks in L3psycho_anal_vbr of LAME's
 * psymodel.c, where there are four: left, right, mid and side. All four are divided into
 * the same bands, so each vector here holds one value of each, and every sum is added up
 * in the order of the original.
 */
#include "four.h"
#include "psymodel-spread_masking.h"

/* What is known of the lines and bands of a granule. Bands have neighbours of zeros. */
static struct {
    v128_t  lines[HBLKSIZE + 3];
    struct {
        v128_t  energy, tonal, delta, max, average;
        /* Sum of the mask_idx of all bands below. */
        v128_t  before;
    } bands[CBANDS + 2];
} granule;

/* Band b of a granule. */
#define BAND(b) granule.bands[(b) + 1]

/* vbrpsy_compute_fft_l behind the transform, and the loudness of left and right. */
static void
lines_of_four(lame_internal_flags *gfc, int gr_out, FLOAT spectra[2][BLKSIZE])
{
    PsyStateVar_t *const psv = &gfc->sv_psy;
    FLOAT const *const weights = gfc->ATH->eql_w;
    v128_t const half_power = wasm_f32x4_splat((FLOAT) (SQRT2 * 0.5f));
    v128_t const half = wasm_f32x4_const_splat(0.5f);
    v128_t  total = wasm_f32x4_const_splat(0), loudness = total, line;
    int     i, n, chn;

    line = wasm_f32x4_make(spectra[0][0], spectra[1][0],
                           (spectra[0][0] + spectra[1][0]) * (FLOAT) (SQRT2 * 0.5f),
                           (spectra[0][0] - spectra[1][0]) * (FLOAT) (SQRT2 * 0.5f));
    granule.lines[0] = line = wasm_f32x4_mul(line, line);
    loudness = wasm_f32x4_add(loudness, wasm_f32x4_mul(line, wasm_v128_load32_splat(weights)));

    for (i = 1; i <= BLKSIZE / 2; i += 4) {
        v128_t  e[4], re[4], im[4];
        for (chn = 0; chn < 2; ++chn) {
            v128_t const back = wasm_v128_load(&spectra[chn][BLKSIZE - i - 3]);
            re[chn] = wasm_v128_load(&spectra[chn][i]);
            im[chn] = wasm_i32x4_shuffle(back, back, 3, 2, 1, 0);
        }
        re[2] = wasm_f32x4_mul(wasm_f32x4_add(re[0], re[1]), half_power);
        re[3] = wasm_f32x4_mul(wasm_f32x4_sub(re[0], re[1]), half_power);
        im[2] = wasm_f32x4_mul(wasm_f32x4_add(im[0], im[1]), half_power);
        im[3] = wasm_f32x4_mul(wasm_f32x4_sub(im[0], im[1]), half_power);
        for (chn = 0; chn < 4; ++chn) {
            v128_t const sum = wasm_f32x4_add(wasm_f32x4_mul(re[chn], re[chn]),
                                              wasm_f32x4_mul(im[chn], im[chn]));
            e[chn] = wasm_f32x4_mul(sum, half);
        }
        transpose(e);
        for (n = 0; n < 4; ++n) {
            granule.lines[i + n] = e[n];
            if (i + n >= 11)
                total = wasm_f32x4_add(total, e[n]);
            if (i + n < BLKSIZE / 2)
                loudness = wasm_f32x4_add(
                    loudness, wasm_f32x4_mul(e[n], wasm_v128_load32_splat(weights + i + n)));
        }
    }
    wasm_v128_store(psv->tot_ener, total);
    for (chn = 0; chn < 2; ++chn) {
        FLOAT   power = chn ? wasm_f32x4_extract_lane(loudness, 1)
                            : wasm_f32x4_extract_lane(loudness, 0);
        power *= VO_SCALE;
        gfc->ov_psy.loudness_sq[gr_out][chn] = psv->loudness_sq_save[chn];
        psv->loudness_sq_save[chn] = power;
    }
}

/* calc_energy and calc_mask_index_l. */
static void
bands_of_four(PsyConst_CB2SB_t const *gdl)
{
    v128_t const zero = wasm_f32x4_const_splat(0);
    v128_t const last_tab_entry = wasm_i32x4_splat(sizeof(tab) / sizeof(tab[0]) - 1);
    v128_t const *line = granule.lines;
    v128_t  before = zero;
    int     b, i;

    for (b = 0; b < gdl->npart; ++b) {
        v128_t  sum = zero, max = zero;
        for (i = 0; i < gdl->numlines[b]; ++i, ++line) {
            sum = wasm_f32x4_add(sum, *line);
            max = wasm_f32x4_pmax(max, *line);
        }
        BAND(b).energy = sum;
        BAND(b).max = max;
        BAND(b).average = wasm_f32x4_mul(sum, wasm_v128_load32_splat(gdl->rnumlines + b));
    }
    BAND(-1).max = BAND(-1).average = BAND(b).max = BAND(b).average = zero;

    for (b = 0; b < gdl->npart; ++b) {
        int const is_first = b == 0, is_last = b == gdl->npart - 1;
        int const lines = (is_first ? 0 : gdl->numlines[b - 1]) + gdl->numlines[b]
            + (is_last ? 0 : gdl->numlines[b + 1]);
        v128_t const bands = wasm_f32x4_splat(is_first || is_last ? 2.0f : 3.0f);
        v128_t const a = wasm_f32x4_add(wasm_f32x4_add(BAND(b - 1).average, BAND(b).average),
                                        BAND(b + 1).average);
        v128_t const m = wasm_f32x4_pmax(wasm_f32x4_pmax(BAND(b - 1).max, BAND(b).max),
                                         BAND(b + 1).max);
        v128_t const above = wasm_f32x4_mul(wasm_f32x4_const_splat(20.0f),
                                            wasm_f32x4_sub(wasm_f32x4_mul(m, bands), a));
        v128_t const below = wasm_f32x4_mul(a, wasm_f32x4_splat((FLOAT) (lines - 1)));
        v128_t  index = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_div(above, below));
        index = wasm_v128_and(wasm_i32x4_min(index, last_tab_entry), wasm_f32x4_gt(a, zero));
        BAND(b).tonal = look_up(tab, index);
        BAND(b).delta = look_up(tab_mask_add_delta, index);
        BAND(b).before = before;
        before = wasm_i32x4_add(before, index);
    }
    BAND(b).before = before;
}

/* What vbrpsy_mask_add makes of all that mask the ROWS bands from b on. Returns what
 * follows their share of s3. */
static FLOAT const *
spread_of_four(PsyConst_CB2SB_t const *gdl, int b, FLOAT const *s3, v128_t sums[ROWS])
{
    int     row, i;
    reach_of_chains(gdl, b, Min(b + ROWS, gdl->npart));
    for (row = 0; row < ROWS; ++row, ++b) {
        v128_t *mask = chains.masks[row], *const end = mask + chains.most - chains.least + 1;
        if (b < gdl->npart) {
            int const first = gdl->s3ind[b][0], last = gdl->s3ind[b][1];
            for (i = b + chains.least; i < first; ++i)
                *mask++ = wasm_i32x4_const_splat(0);
            for (; i <= last; ++i) {
                v128_t const m = wasm_f32x4_mul(wasm_v128_load32_splat(s3++), BAND(i).energy);
                *mask++ = wasm_f32x4_mul(m, BAND(i).tonal);
            }
        }
        while (mask < end)
            *mask++ = wasm_i32x4_const_splat(0);
        chains.deltas[row] = BAND(b).delta;
    }
    add_up_chains(sums);
    return s3;
}

/* The long block pre-echo control of one band, from what masks it in this granule and in
 * the two before. */
static v128_t
limited_of_four(PsyStateVar_t const *psv, v128_t ecb, v128_t energy, v128_t nb_1, v128_t nb_2)
{
    v128_t const zero = wasm_f32x4_const_splat(0);
    v128_t const type = wasm_i32x4_make(psv->blocktype_old[0], psv->blocktype_old[1],
                                        psv->blocktype_old[0], psv->blocktype_old[1]);
    v128_t const is_short = wasm_i32x4_eq(type, wasm_i32x4_const_splat(SHORT_TYPE));
    v128_t const is_norm = wasm_i32x4_eq(type, wasm_i32x4_const_splat(NORM_TYPE));
    v128_t const limit_1 = wasm_f32x4_mul(wasm_f32x4_const_splat(rpelev), nb_1);
    v128_t const limit_2 = wasm_f32x4_mul(wasm_f32x4_const_splat(rpelev2), nb_2);
    v128_t const none_1 = wasm_f32x4_le(limit_1, zero), none_2 = wasm_f32x4_le(limit_2, zero);
    v128_t const or_ecb_1 = wasm_v128_bitselect(ecb, limit_1, none_1);
    v128_t const or_ecb_2 = wasm_v128_bitselect(ecb, limit_2, none_2);
    v128_t const both = wasm_f32x4_pmin(or_ecb_2, or_ecb_1);
    v128_t const limit = wasm_v128_bitselect(both, or_ecb_1, is_norm);
    v128_t const thr = wasm_f32x4_pmin(limit, ecb), guessed = wasm_v128_and(is_short, none_1);
    if (wasm_v128_any_true(guessed)) {
        /* LAME compares these as doubles. */
        FLOAT   e[4], x[4];
        int     chn;
        wasm_v128_store(e, energy);
        wasm_v128_store(x, ecb);
        for (chn = 0; chn < 4; ++chn)
            x[chn] = Min(x[chn], e[chn] * NS_PREECHO_ATT2);
        return wasm_v128_bitselect(wasm_v128_load(x), thr, guessed);
    }
    return thr;
}

/* The loop: transforms, energies and thresholds of a granule. */
static void
long_blocks_of_four(lame_internal_flags *gfc, const sample_t *const buffer[2], int gr_out,
                    FLOAT spectra[2][BLKSIZE], FLOAT eb[4][CBANDS], FLOAT thr[4][CBANDS])
{
    PsyStateVar_t *const psv = &gfc->sv_psy;
    PsyConst_CB2SB_t const *const gdl = &gfc->cd_psy->l;
    FLOAT const *s3 = gdl->s3;
    int     b, row, chn;

    fft_long(gfc, spectra[0], 0, buffer);
    fft_long(gfc, spectra[1], 1, buffer);
    lines_of_four(gfc, gr_out, spectra);
    bands_of_four(gdl);

    for (b = 0; b < CBANDS; b += ROWS) {
        v128_t  sums[ROWS], energies[ROWS], limits[ROWS], nb_1[4], nb_2[4];
        if (b < gdl->npart)
            s3 = spread_of_four(gdl, b, s3, sums);
        for (chn = 0; chn < 4; ++chn) {
            nb_1[chn] = wasm_v128_load(&psv->nb_l1[chn][b]);
            nb_2[chn] = wasm_v128_load(&psv->nb_l2[chn][b]);
            wasm_v128_store(&psv->nb_l2[chn][b], nb_1[chn]);
        }
        transpose(nb_1);
        transpose(nb_2);
        for (row = 0; row < ROWS; ++row) {
            int const at = b + row;
            FLOAT const masking_lower = gdl->masking_lower[at] * gfc->sv_qnt.masking_lower;
            v128_t const lower = wasm_f32x4_splat(masking_lower);
            v128_t  dd, avg_mask, x, limit;
            int     dd_n;
            if (at >= gdl->npart) {
                sums[row] = nb_1[row];
                energies[row] = limits[row] = wasm_f32x4_const_splat(0);
                continue;
            }
            /* The quotient of small whole numbers: exact in a float, as far as it is
             * wanted. */
            dd_n = gdl->s3ind[at][1] - gdl->s3ind[at][0] + 1;
            dd = wasm_i32x4_sub(BAND(gdl->s3ind[at][1] + 1).before,
                                BAND(gdl->s3ind[at][0]).before);
            dd = wasm_i32x4_add(wasm_i32x4_add(dd, dd), wasm_i32x4_const_splat(1));
            dd = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_div(
                wasm_f32x4_convert_i32x4(dd), wasm_f32x4_splat((FLOAT) (2 * dd_n))));
            avg_mask = wasm_f32x4_mul(look_up(tab, dd), wasm_f32x4_const_splat(0.5f));

            energies[row] = BAND(at).energy;
            sums[row] = wasm_f32x4_mul(sums[row], avg_mask);
            limit = limited_of_four(psv, sums[row], energies[row], nb_1[row], nb_2[row]);
            x = wasm_f32x4_mul(BAND(at).max, wasm_v128_load32_splat(gdl->minval + at));
            limit = wasm_f32x4_pmin(limit, wasm_f32x4_mul(x, avg_mask));
            if (masking_lower > 1)
                limit = wasm_f32x4_mul(limit, lower);
            limit = wasm_f32x4_pmin(limit, energies[row]);
            if (masking_lower < 1)
                limit = wasm_f32x4_mul(limit, lower);
            limits[row] = limit;
        }
        transpose(sums);
        transpose(energies);
        transpose(limits);
        for (chn = 0; chn < 4; ++chn) {
            wasm_v128_store(&psv->nb_l1[chn][b], sums[chn]);
            wasm_v128_store(&eb[chn][b], energies[chn]);
            wasm_v128_store(&thr[chn][b], limits[chn]);
        }
    }
}
