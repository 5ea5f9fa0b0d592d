/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces vbrpsy_compute_masking_l and _s of LAME's psymodel.c, which compute the energies
 * and thresholds of the bands of one channel. A vector holds four neighbouring bands. Every
 * sum is added up in the original's order.
 */
#ifndef TONEARM_COMPUTE_MASKING_H
#define TONEARM_COMPUTE_MASKING_H

#include "psymodel-spread_masking.h"

/* An array of bands surrounded by zeros, as far as any access reaches. */
typedef FLOAT among_zeros_t[FAR + CBANDS + 2 * FAR];

/* The bands of a block. */
static struct {
    /* Energies of the lines, and space for reads beyond the last. */
    FLOAT   lines[2 * HBLKSIZE];
    among_zeros_t energy, tonal, max, average;
    v128_t  delta[CBANDS / 4 + ROWS];
    /* Sum of mask_idx over all lower bands. */
    int     before[CBANDS + 1];
} block;

/* Energies, largest lines and averages; zero after the last band. The additions of a sum
 * depend on each other, those of different bands do not: four bands are added up side by
 * side, each in its order. Narrower bands are padded with zeros, which change no sum. */
static void
energies_of_bands(PsyConst_CB2SB_t const *gd)
{
    FLOAT const *next = block.lines;
    int     b, k, l;
    for (b = 0; b < CBANDS; b += 4) {
        FLOAT const *line[4];
        v128_t const widths = wasm_v128_load(gd->numlines + b);
        v128_t  sum = wasm_f32x4_const_splat(0), max = sum;
        int     widest = 0;
        for (k = 0; k < 4; ++k) {
            line[k] = next;
            next += gd->numlines[b + k];
            widest = Max(widest, gd->numlines[b + k]);
        }
        for (l = 0; l < widest; l += 4) {
            v128_t  lines[4];
            load_columns(line, widths, l, lines);
            for (k = 0; k < 4; ++k) {
                sum = wasm_f32x4_add(sum, lines[k]);
                max = wasm_f32x4_pmax(max, lines[k]);
            }
        }
        wasm_v128_store(&block.energy[FAR + b], sum);
        wasm_v128_store(&block.max[FAR + b], max);
        wasm_v128_store(&block.average[FAR + b],
                        wasm_f32x4_mul(sum, wasm_v128_load(gd->rnumlines + b)));
    }
}

/* The tonality of each band. */
static void
tonality_of_bands(spreading_t const *s)
{
    int     sum = 0, b, k;
    for (b = 0; b < CBANDS; b += 4) {
        FLOAT const *const average = &block.average[FAR + b], *const max = &block.max[FAR + b];
        v128_t const a = wasm_f32x4_add(wasm_f32x4_add(wasm_v128_load(average - 1),
                                                       wasm_v128_load(average)),
                                        wasm_v128_load(average + 1));
        v128_t const m = wasm_f32x4_pmax(wasm_f32x4_pmax(wasm_v128_load(max - 1),
                                                         wasm_v128_load(max)),
                                         wasm_v128_load(max + 1));
        v128_t const index = mask_index(a, m, s->bands[b / 4], s->lines[b / 4]);
        int     indices[4];
        wasm_v128_store(&block.tonal[FAR + b], look_up(tab, index));
        block.delta[b / 4] = look_up(tab_mask_add_delta, index);
        wasm_v128_store(indices, index);
        for (k = 0; k < 4; ++k) {
            block.before[b + k] = sum;
            sum += indices[k];
        }
    }
    block.before[CBANDS] = sum;
}

static inline v128_t
mask_of_one(spreading_t const *s, int b, int row, int distance)
{
    int const from = FAR + b + 4 * row + distance;
    v128_t const m = wasm_f32x4_mul(s->s3[b / 4 + row][FAR + distance],
                                    wasm_v128_load(block.energy + from));
    return wasm_f32x4_mul(m, wasm_v128_load(block.tonal + from));
}

/* Computes eb and thr of a block, and the values for the next two blocks: nb_1 and nb_2. */
static void
masking_of_one(lame_internal_flags const *gfc, int is_short, FLOAT const *fftenergy,
               FLOAT *nb_1, FLOAT *nb_2, int blocktype, FLOAT *eb, FLOAT *thr)
{
    PsyConst_CB2SB_t const *const gd = is_short ? &gfc->cd_psy->s : &gfc->cd_psy->l;
    spreading_t const *const s = spreading_of(gd, is_short);
    v128_t const lower = wasm_f32x4_splat(gfc->sv_qnt.masking_lower);
    int     b, row;

    memcpy(block.lines, fftenergy, (is_short ? HBLKSIZE_s : HBLKSIZE) * sizeof(FLOAT));
    energies_of_bands(gd);
    tonality_of_bands(s);
    for (b = 0; b < CBANDS; b += 4 * ROWS) {
        v128_t  sums[ROWS];
        int     least = 0, most = 0;
        for (row = 0; row < ROWS; ++row) {
            least = Min(least, s->least[b / 4 + row]);
            most = Max(most, s->most[b / 4 + row]);
        }
        add_up_chains(mask_of_one, s, b, least, most, block.delta + b / 4, sums);
        for (row = 0; row < ROWS; ++row) {
            int const at = b + 4 * row, quad = at / 4;
            v128_t const energy = wasm_v128_load(&block.energy[FAR + at]);
            v128_t const dd = wasm_i32x4_sub(look_up(block.before, s->past[quad]),
                                             look_up(block.before, s->first[quad]));
            v128_t const avg_mask = average_mask(dd, s->twice[quad]);
            v128_t const ecb = wasm_f32x4_mul(sums[row], avg_mask);
            v128_t const one_ago = wasm_v128_load(nb_1 + at);
            v128_t  limit = ecb;
            if (!is_short)
                limit = pre_echo_limit(wasm_i32x4_splat(blocktype), ecb, energy, one_ago,
                                       wasm_v128_load(nb_2 + at));
            wasm_v128_store(nb_2 + at, one_ago);
            wasm_v128_store(nb_1 + at, ecb);
            wasm_v128_store(eb + at, energy);
            wasm_v128_store(thr + at, limited(
                limit, energy, wasm_v128_load(&block.max[FAR + at]),
                wasm_v128_load(gd->minval + at), avg_mask,
                wasm_f32x4_mul(wasm_v128_load(gd->masking_lower + at), lower)));
        }
    }
}

static void
vbrpsy_compute_masking_s(lame_internal_flags *gfc, const FLOAT(*fftenergy_s)[HBLKSIZE_s],
                         FLOAT *eb, FLOAT *thr, int chn, int sblock)
{
    PsyStateVar_t *const psv = &gfc->sv_psy;
    masking_of_one(gfc, 1, fftenergy_s[sblock], psv->nb_s1[chn], psv->nb_s2[chn], 0, eb, thr);
}

static void
vbrpsy_compute_masking_l(lame_internal_flags *gfc, const FLOAT fftenergy[HBLKSIZE],
                         FLOAT eb_l[CBANDS], FLOAT thr[CBANDS], int chn)
{
    PsyStateVar_t *const psv = &gfc->sv_psy;
    masking_of_one(gfc, 0, fftenergy, psv->nb_l1[chn], psv->nb_l2[chn],
                   psv->blocktype_old[chn & 0x01], eb_l, thr);
}

#endif
