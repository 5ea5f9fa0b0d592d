/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces find_lowest_scalefac of LAME's vbrquantize.c: the smallest step size from 1 on at
 * which the largest value of a band can be coded, else 255. The original does a binary search
 * in eight steps. The bits of a float approximate its logarithm, which leaves two candidates.
 * All floats were compared.
 */
static inline uint8_t
find_lowest_scalefac(const FLOAT xr34)
{
    /* ipow20[sf] is 2^((210 - sf) * 3/16). The bits are at most 0.09 octaves, half a step,
     * below the logarithm. */
    float const steps = 16.0f / 3.0f / (1 << 23);
    FLOAT const ixmax_val = IXMAX_VAL;
    fi_union value, limit;
    int     sf;
    value.f = xr34;
    limit.f = IXMAX_VAL;
    sf = (int) (210.99f + (value.i - limit.i) * steps);
    sf = Max(1, Min(sf, 255));
    sf += !(ipow20[sf] * xr34 <= ixmax_val);
    return Min(sf, 255);
}
