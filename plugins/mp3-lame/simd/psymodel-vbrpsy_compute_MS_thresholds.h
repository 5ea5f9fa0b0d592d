/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces vbrpsy_compute_MS_thresholds of LAME's psymodel.c: four bands at once. All values
 * after the last band are zero and stay zero.
 */
#include "four.h"

static void
vbrpsy_compute_MS_thresholds(const FLOAT eb[4][CBANDS], FLOAT thr[4][CBANDS],
                             const FLOAT cb_mld[CBANDS], const FLOAT ath_cb[CBANDS], FLOAT athlower,
                             FLOAT msfix, int n)
{
    v128_t const alike = wasm_f32x4_const_splat(1.58f), zero = wasm_f32x4_const_splat(0);
    v128_t const fix = wasm_f32x4_splat(msfix * 2.f), lower = wasm_f32x4_splat(athlower);
    int     b;
    for (b = 0; b < n; b += 4) {
        v128_t const energy_mid = wasm_v128_load(&eb[2][b]), energy_side = wasm_v128_load(&eb[3][b]);
        v128_t const left = wasm_v128_load(&thr[0][b]), right = wasm_v128_load(&thr[1][b]);
        v128_t const mid = wasm_v128_load(&thr[2][b]), side = wasm_v128_load(&thr[3][b]);
        v128_t const mld = wasm_v128_load(&cb_mld[b]);
        /* The masking of left and right differs by at most 2 dB. */
        v128_t const are_alike = wasm_v128_and(
            wasm_f32x4_le(left, wasm_f32x4_mul(alike, right)),
            wasm_f32x4_le(right, wasm_f32x4_mul(alike, left)));
        v128_t const from_side = wasm_f32x4_pmin(wasm_f32x4_mul(mld, energy_side), side);
        v128_t const from_mid = wasm_f32x4_pmin(wasm_f32x4_mul(mld, energy_mid), mid);
        v128_t  rmid = wasm_v128_bitselect(wasm_f32x4_pmax(from_side, mid), mid, are_alike);
        v128_t  rside = wasm_v128_bitselect(wasm_f32x4_pmax(from_mid, side), side, are_alike);
        if (msfix > 0.f) {
            v128_t const ath = wasm_f32x4_mul(wasm_v128_load(&ath_cb[b]), lower);
            v128_t const both = wasm_f32x4_pmin(wasm_f32x4_pmax(ath, right), wasm_f32x4_pmax(ath, left));
            v128_t const limit = wasm_f32x4_mul(both, fix);
            v128_t  m = wasm_f32x4_pmax(ath, rmid), s = wasm_f32x4_pmax(ath, rside);
            v128_t const sum = wasm_f32x4_add(m, s);
            v128_t const is_over = wasm_v128_and(wasm_f32x4_gt(sum, zero), wasm_f32x4_lt(limit, sum));
            v128_t const f = wasm_f32x4_div(limit, sum);
            m = wasm_v128_bitselect(wasm_f32x4_mul(m, f), m, is_over);
            s = wasm_v128_bitselect(wasm_f32x4_mul(s, f), s, is_over);
            rmid = wasm_f32x4_pmin(rmid, m);
            rside = wasm_f32x4_pmin(rside, s);
        }
        wasm_v128_store(&thr[2][b], wasm_f32x4_pmin(rmid, energy_mid));
        wasm_v128_store(&thr[3][b], wasm_f32x4_pmin(rside, energy_side));
    }
}
