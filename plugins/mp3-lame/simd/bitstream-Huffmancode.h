/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Stands in for Huffmancode of LAME's bitstream.c: a pair's code, the bits beyond 15
 * and the signs are written as one, and the position is kept in registers.
 */

/* A code and what follows it, where a header may fall between. */
static __attribute__((noinline)) void
write_slowly(lame_internal_flags * gfc, Writer * w, unsigned int code, int codelen,
             unsigned int ext, int extlen)
{
    stop_writing(gfc, w);
    putbits2(gfc, code, codelen);
    putbits2(gfc, ext, extlen);
    start_writing(gfc, w);
}

static __attribute__((noinline)) int
Huffmancode(lame_internal_flags * const gfc, const unsigned int tableindex,
            int start, int end, gr_info const *gi)
{
    struct huffcodetab const *const h = &ht[tableindex];
    unsigned int const linbits = h->xlen;
    unsigned int const xlen = tableindex > 15u ? 16 : h->xlen;
    /* Values from here on have extra bits. */
    unsigned int const escape = tableindex > 15u ? 15 : 16;
    int     i, bits = 0;
    Writer  w;

    if (!tableindex)
        return 0;

    start_writing(gfc, &w);
    for (i = start; i < end; i += 2) {
        unsigned int x1 = gi->l3_enc[i];
        unsigned int x2 = gi->l3_enc[i + 1];
        unsigned int const n1 = x1 != 0, n2 = x2 != 0;
        unsigned int ext = n1 & (gi->xr[i] < 0.0f);
        int     extlen = n1 + n2, codelen;

        if (__builtin_expect(x1 >= escape, 0)) {
            ext |= (x1 - 15) << 1;
            extlen += linbits;
            x1 = 15;
        }
        if (__builtin_expect(x2 >= escape, 0)) {
            ext = ext << linbits | (x2 - 15);
            extlen += linbits;
            x2 = 15;
        }
        ext = ext << n2 | (n2 & (gi->xr[i + 1] < 0.0f));

        x1 = x1 * xlen + x2;
        codelen = h->hlen[x1] - n1 - n2;
        bits += codelen + extlen;
        if (__builtin_expect(w.room < codelen + extlen, 0))
            write_slowly(gfc, &w, h->table[x1], codelen, ext, extlen);
        else
            write_bits(&w, (uint64_t) h->table[x1] << extlen | ext, codelen + extlen);
    }
    stop_writing(gfc, &w);
    return bits;
}
