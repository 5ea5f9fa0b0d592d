/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for psycho_loudness_approx of LAME's psymodel.c and for a loop of
 * vbrpsy_compute_fft_l, which is called just before it: both add up a spectrum, line by
 * line. Side by side, neither waits for the other.
 */

/* Of the spectrum that was added up last. */
static FLOAT loudness_power;

/* Energy from line 11 on, and the loudness of all. */
static FLOAT
add_up_energies(FLOAT const energy[HBLKSIZE], FLOAT const *weights)
{
    FLOAT   total = 0, loudness = 0;
    int     i;
    for (i = 0; i < 11; ++i)
        loudness += energy[i] * weights[i];
    for (; i < BLKSIZE / 2; ++i) {
        loudness += energy[i] * weights[i];
        total += energy[i];
    }
    loudness_power = loudness;
    return total + energy[BLKSIZE / 2];
}

static FLOAT
psycho_loudness_approx(FLOAT const *energy, FLOAT const *eql_w)
{
    FLOAT   power = loudness_power;
    power *= VO_SCALE;
    return power;
}
