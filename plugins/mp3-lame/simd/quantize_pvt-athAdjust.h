/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Caches athAdjust of LAME's quantize_pvt.c, which computes a power of ten for each band. Both
 * granules and channels of a frame need the same values, and so do all frames of loud music.
 * The cache key contains all inputs.
 */
static FLOAT athAdjust_of_lame(FLOAT a, FLOAT x, FLOAT athFloor, float ATHfixpoint);

FLOAT
athAdjust(FLOAT a, FLOAT x, FLOAT athFloor, float ATHfixpoint)
{
    static struct {
        float   a, x, floor, fixpoint, answer;
    } known[256], *it;
    union {
        float   f;
        unsigned int bits;
    } const key = { x };
    it = &known[(key.bits * 0x9e3779b1u) >> 24];
    if (it->answer == 0 || it->a != a || it->x != x || it->floor != athFloor || it->fixpoint != ATHfixpoint) {
        it->answer = athAdjust_of_lame(a, x, athFloor, ATHfixpoint);
        it->a = a;
        it->x = x;
        it->floor = athFloor;
        it->fixpoint = ATHfixpoint;
    }
    return it->answer;
}
