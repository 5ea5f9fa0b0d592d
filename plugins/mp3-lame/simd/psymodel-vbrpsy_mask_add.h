/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for vbrpsy_mask_add of LAME's psymodel.c: adds two masking levels, neither
 * of them negative. It is called for every pair of neighbouring bands.
 *
 * The original divides one by the other and compares the ratio with a limit. Here the
 * limit is multiplied instead: a rounded ratio is less than a limit if and only if the
 * ratio is less than the middle between the limit and the number before it. Such a
 * middle has 25 bits, so its product with 24 is exact in double precision, and no ratio
 * can fall on it.
 */
static inline FLOAT
vbrpsy_mask_add(FLOAT m1, FLOAT m2, int b, int delta)
{
    /* By the ratio, in sixteenths of a decade. */
    static const FLOAT by_ratio[] = {
        1.33352 * 1.33352, 1.35879 * 1.35879, 1.38454 * 1.38454, 1.39497 * 1.39497,
        1.40548 * 1.40548, 1.3537 * 1.3537, 1.30382 * 1.30382, 1.22321 * 1.22321,
        1.14758 * 1.14758,
        1
    };
    /* Half the distance of neighbouring numbers from 2 to 4, and from 16 to 32. */
    double const near = (double) ma_max_i1 - 0x1p-23;
    double const far = (double) ma_max_i2 - 0x1p-20;
    FLOAT const more = m2 > m1 ? m2 : m1, less = m2 > m1 ? m1 : m2;

    if (abs(b) > delta)
        return more < far * less ? m1 + m2 : more;
    if (less <= 0)
        return more;
    if (!(more < near * less))
        return m1 + m2;
    return (m1 + m2) * by_ratio[(int) (FAST_LOG10_X(more / less, 16.0f))];
}
