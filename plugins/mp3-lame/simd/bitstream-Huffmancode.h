/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces Huffmancode of LAME's bitstream.c. The codes and signs of two pairs are written
 * together, and the write position stays in registers. Values with extra bits (linbits) are
 * written pair by pair.
 */
#include "four.h"

/* Writes a code and its extra bits where a frame header may be due between them. */
static __attribute__((noinline)) void
write_slowly(lame_internal_flags * gfc, Writer * w, unsigned int code, int codelen,
             unsigned int ext, int extlen)
{
    stop_writing(gfc, w);
    putbits2(gfc, code, codelen);
    putbits2(gfc, ext, extlen);
    start_writing(gfc, w);
}

/* Writes a pair and returns its length in bits. */
static int
write_pair(lame_internal_flags * gfc, Writer * w, unsigned int tableindex, int const *ix,
           FLOAT const *xr)
{
    struct huffcodetab const *const h = &ht[tableindex];
    unsigned int const linbits = h->xlen;
    unsigned int x1 = ix[0], x2 = ix[1];
    unsigned int const n1 = x1 != 0, n2 = x2 != 0;
    unsigned int ext = n1 & (xr[0] < 0.0f);
    int     extlen = n1 + n2, codelen;

    if (tableindex > 15u && x1 >= 15) {
        ext |= (x1 - 15) << 1;
        extlen += linbits;
        x1 = 15;
    }
    if (tableindex > 15u && x2 >= 15) {
        ext = ext << linbits | (x2 - 15);
        extlen += linbits;
        x2 = 15;
    }
    ext = ext << n2 | (n2 & (xr[1] < 0.0f));

    x1 = x1 * (tableindex > 15u ? 16 : h->xlen) + x2;
    codelen = h->hlen[x1] - n1 - n2;
    if (w->room < codelen + extlen)
        write_slowly(gfc, w, h->table[x1], codelen, ext, extlen);
    else
        write_bits(w, (uint64_t) h->table[x1] << extlen | ext, codelen + extlen);
    return codelen + extlen;
}

static __attribute__((noinline)) int
Huffmancode(lame_internal_flags * const gfc, const unsigned int tableindex,
            int start, int end, gr_info const *gi)
{
    /* The sign bits of a pair and their number. The index has two bits that mark nonzero
     * values, and above them, for signs_of, two that mark negative values. */
    static uint8_t const signs_of[16] = { 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 1, 1, 0, 1, 1, 3 };
    static uint8_t const count_of[4] = { 0, 1, 1, 2 };
    struct huffcodetab const *const h = &ht[tableindex];
    int const xlen = tableindex > 15u ? 16 : h->xlen;
    v128_t const zero = wasm_i32x4_const_splat(0);
    v128_t const at_most = wasm_i32x4_splat(tableindex > 15u ? 14 : 15);
    v128_t const to_index = wasm_i32x4_splat(1 << 16 | xlen);
    int     i, bits = 0;
    Writer  w;

    if (!tableindex)
        return 0;

    start_writing(gfc, &w);
    for (i = start; i + 4 <= end; i += 4) {
        v128_t const ix = wasm_v128_load(gi->l3_enc + i);
        v128_t const is_there = wasm_i32x4_ne(ix, zero);
        v128_t const is_negative = wasm_f32x4_lt(wasm_v128_load(gi->xr + i), zero);
        v128_t const index = wasm_i32x4_dot_i16x8(wasm_i16x8_narrow_i32x4(ix, ix), to_index);
        unsigned int const there = wasm_i32x4_bitmask(is_there);
        unsigned int const negative = wasm_i32x4_bitmask(wasm_v128_and(is_there, is_negative));
        unsigned int const first = wasm_i32x4_extract_lane(index, 0);
        unsigned int const second = wasm_i32x4_extract_lane(index, 1);
        int     length;

        if (wasm_v128_any_true(wasm_i32x4_gt(ix, at_most))
            || w.room < (length = h->hlen[first] + h->hlen[second])) {
            bits += write_pair(gfc, &w, tableindex, gi->l3_enc + i, gi->xr + i);
            bits += write_pair(gfc, &w, tableindex, gi->l3_enc + i + 2, gi->xr + i + 2);
        }
        else {
            uint64_t code = h->table[first];
            code = code << count_of[there & 3] | signs_of[(there & 3) | (negative & 3) << 2];
            code = code << (h->hlen[second] - count_of[there >> 2]) | h->table[second];
            code = code << count_of[there >> 2] | signs_of[there >> 2 | (negative & 12)];
            write_bits(&w, code, length);
            bits += length;
        }
    }
    if (i < end)
        bits += write_pair(gfc, &w, tableindex, gi->l3_enc + i, gi->xr + i);
    stop_writing(gfc, &w);
    return bits;
}
