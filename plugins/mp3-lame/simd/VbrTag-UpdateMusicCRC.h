/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for UpdateMusicCRC of LAME's VbrTag.c, which waits for one byte's look-up
 * before the next: eight bytes at once, each by a table of what it does to the sum from
 * where it stands.
 */
void UpdateMusicCRC_of_lame(uint16_t * crc, unsigned char const *buffer, int size);

void
UpdateMusicCRC(uint16_t * crc, unsigned char const *buffer, int size)
{
    /* By how many bytes follow, and the byte. */
    static uint16_t effect[8][256];
    unsigned int sum = *crc, i;
    if (!effect[0][1]) {
        int     follow;
        for (i = 0; i < 256; ++i)
            effect[0][i] = crc16_lookup[i];
        for (follow = 1; follow < 8; ++follow)
            for (i = 0; i < 256; ++i) {
                unsigned int const before = effect[follow - 1][i];
                effect[follow][i] = before >> 8 ^ crc16_lookup[before & 0xff];
            }
    }
    for (; size >= 8; size -= 8, buffer += 8)
        sum = effect[7][buffer[0] ^ (sum & 0xff)] ^ effect[6][buffer[1] ^ sum >> 8]
            ^ effect[5][buffer[2]] ^ effect[4][buffer[3]]
            ^ effect[3][buffer[4]] ^ effect[2][buffer[5]]
            ^ effect[1][buffer[6]] ^ effect[0][buffer[7]];
    *crc = sum;
    UpdateMusicCRC_of_lame(crc, buffer, size);
}
