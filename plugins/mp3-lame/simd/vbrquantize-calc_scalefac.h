/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for calc_scalefac of LAME's vbrquantize.c, which truncates a logarithm. One
 * from LAME's table is off by less than 0.0001 here, so it tells the same unless it comes
 * within a hundredth of an integer.
 */
static int calc_scalefac_of_lame(FLOAT l3_xmin, int bw);

static int
calc_scalefac(FLOAT l3_xmin, int bw)
{
    fi_union xmin;
    xmin.f = l3_xmin / bw;
    if (xmin.i >= 0x00800000 && xmin.i < 0x7f800000) {
        FLOAT const exact = 5.799142446 * (LOG2 / LOG10) * fast_log2(xmin.f) - .5;
        int const truncated = (int) exact;
        FLOAT const rest = fabsf(exact - truncated);
        if (rest > .01f && rest < .99f)
            return 210 + truncated;
    }
    return calc_scalefac_of_lame(l3_xmin, bw);
}
