/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces the loop over the channels of long blocks in L3psycho_anal_vbr of LAME's
 * psymodel.c where there are four channels: left, right, mid and side. All four have the same
 * bands, so each vector holds one value of each channel. Every sum is added up in the
 * original's order.
 */
#include "four.h"
#include "psymodel-spread_masking.h"

/* The lines and bands of a granule. Zeros surround the bands, as far as any access
 * reaches. */
static struct {
    v128_t  lines[HBLKSIZE + 3];
    struct {
        v128_t  energy, tonal, delta, max, average;
        /* Sum of mask_idx over all lower bands. */
        v128_t  before;
    } bands[FAR + CBANDS + FAR];
} granule;

/* Band b of a granule. */
#define BAND(b) granule.bands[FAR + (b)]

/* The value of band b in every lane, from vectors of four bands. */
#define OF_BAND(vectors, b) wasm_v128_load32_splat((char const *) (vectors) + 4 * (b))

/* vbrpsy_compute_fft_l after the transform, and the loudness of left and right. */
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
bands_of_four(PsyConst_CB2SB_t const *gdl, spreading_t const *s)
{
    v128_t const zero = wasm_f32x4_const_splat(0);
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
    /* An earlier session may have had more bands. */
    memset(&BAND(b), 0, (CBANDS + 1 - b) * sizeof(BAND(b)));

    for (b = 0; b < gdl->npart; ++b) {
        v128_t const a = wasm_f32x4_add(wasm_f32x4_add(BAND(b - 1).average, BAND(b).average),
                                        BAND(b + 1).average);
        v128_t const m = wasm_f32x4_pmax(wasm_f32x4_pmax(BAND(b - 1).max, BAND(b).max),
                                         BAND(b + 1).max);
        v128_t const index = mask_index(a, m, OF_BAND(s->bands, b), OF_BAND(s->lines, b));
        BAND(b).tonal = look_up(tab, index);
        BAND(b).delta = look_up(tab_mask_add_delta, index);
        BAND(b).before = before;
        before = wasm_i32x4_add(before, index);
    }
    BAND(b).before = before;
}

static inline v128_t
mask_of_four(spreading_t const *s, int b, int row, int distance)
{
    FLOAT const *const s3 = (FLOAT const *) &s->s3[b / 4][FAR + distance];
    v128_t const m = wasm_f32x4_mul(wasm_v128_load32_splat(s3 + row),
                                    BAND(b + row + distance).energy);
    return wasm_f32x4_mul(m, BAND(b + row + distance).tonal);
}

/* The loop itself: transforms, energies and thresholds of a granule. */
static void
long_blocks_of_four(lame_internal_flags *gfc, const sample_t *const buffer[2], int gr_out,
                    FLOAT spectra[2][BLKSIZE], FLOAT eb[4][CBANDS], FLOAT thr[4][CBANDS])
{
    PsyStateVar_t *const psv = &gfc->sv_psy;
    PsyConst_CB2SB_t const *const gdl = &gfc->cd_psy->l;
    spreading_t const *const s = spreading_of(gdl, 0);
    v128_t const type = wasm_i32x4_make(psv->blocktype_old[0], psv->blocktype_old[1],
                                        psv->blocktype_old[0], psv->blocktype_old[1]);
    int     b, row, chn;

    fft_long(gfc, spectra[0], 0, buffer);
    fft_long(gfc, spectra[1], 1, buffer);
    lines_of_four(gfc, gr_out, spectra);
    bands_of_four(gdl, s);

    for (b = 0; b < CBANDS; b += ROWS) {
        v128_t  sums[ROWS], energies[ROWS], limits[ROWS], deltas[ROWS], nb_1[4], nb_2[4];
        for (row = 0; row < ROWS; ++row)
            deltas[row] = BAND(b + row).delta;
        add_up_chains(mask_of_four, s, b, s->least[b / 4], s->most[b / 4], deltas, sums);
        for (chn = 0; chn < 4; ++chn) {
            nb_1[chn] = wasm_v128_load(&psv->nb_l1[chn][b]);
            nb_2[chn] = wasm_v128_load(&psv->nb_l2[chn][b]);
            wasm_v128_store(&psv->nb_l2[chn][b], nb_1[chn]);
        }
        transpose(nb_1);
        transpose(nb_2);
        for (row = 0; row < ROWS; ++row) {
            int const at = b + row;
            v128_t const dd = wasm_i32x4_sub(BAND(gdl->s3ind[at][1] + 1).before,
                                             BAND(gdl->s3ind[at][0]).before);
            v128_t const avg_mask = average_mask(dd, OF_BAND(s->twice, at));
            FLOAT const lower = gdl->masking_lower[at] * gfc->sv_qnt.masking_lower;
            v128_t  limit;
            energies[row] = BAND(at).energy;
            sums[row] = wasm_f32x4_mul(sums[row], avg_mask);
            limit = pre_echo_limit(type, sums[row], energies[row], nb_1[row], nb_2[row]);
            limits[row] = limited(limit, energies[row], BAND(at).max,
                                  wasm_v128_load32_splat(gdl->minval + at), avg_mask,
                                  wasm_f32x4_splat(lower));
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
