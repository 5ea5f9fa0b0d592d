/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces UpdateMusicCRC of LAME's VbrTag.c, in which each byte's table look-up depends on
 * the one before. Here eight bytes are processed at once, each by a table for its position
 * (slicing-by-8).
 */
void UpdateMusicCRC_of_lame(uint16_t * crc, unsigned char const *buffer, int size);

void
UpdateMusicCRC(uint16_t * crc, unsigned char const *buffer, int size)
{
    /* Indexed by the number of bytes that follow, and by the byte. */
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
