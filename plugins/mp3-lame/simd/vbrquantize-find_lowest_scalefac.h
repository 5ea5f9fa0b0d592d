/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for find_lowest_scalefac of LAME's vbrquantize.c: the smallest step from 1 on
 * at which a band's largest value can be coded, else 255. The original halves the range
 * eight times. The exponent of a float is nearly its logarithm, so the step is known to
 * within one, and asking at its neighbours settles it: steps only grow coarser.
 */
static inline int
can_be_coded(FLOAT xr34, int sf)
{
    FLOAT const ixmax_val = IXMAX_VAL;
    return ipow20[sf] * xr34 <= ixmax_val;
}

static inline uint8_t
find_lowest_scalefac(const FLOAT xr34)
{
    /* ipow20[sf] is 2 to the power of (210 - sf) * 3/16. */
    float const per_octave = 16.0f / 3.0f;
    fi_union value, limit;
    int     sf;
    value.f = xr34;
    limit.f = IXMAX_VAL;
    sf = 210 + (int) ((value.i - limit.i) * (per_octave / (1 << 23)));
    sf = Max(1, Min(sf, 255));
    while (sf > 1 && can_be_coded(xr34, sf - 1))
        --sf;
    while (sf < 255 && !can_be_coded(xr34, sf))
        ++sf;
    return sf;
}
