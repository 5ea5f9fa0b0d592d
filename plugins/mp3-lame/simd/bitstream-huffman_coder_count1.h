/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces huffman_coder_count1 of LAME's bitstream.c, which branches on each value of a
 * quadruple of 0 and 1. The branches are unpredictable, so there are none here.
 */
#include "four.h"

inline static int
huffman_coder_count1(lame_internal_flags * gfc, gr_info const *gi)
{
    struct huffcodetab const *const h = &ht[gi->count1table_select + 32];
    int const *ix = &gi->l3_enc[gi->big_values];
    FLOAT const *xr = &gi->xr[gi->big_values];
    int     i, bits = 0;
    Writer  w;

    start_writing(gfc, &w);
    for (i = (gi->count1 - gi->big_values) / 4; i > 0; --i, ix += 4, xr += 4) {
        v128_t const zero = wasm_i32x4_const_splat(0);
        v128_t const is_one = wasm_i32x4_ne(wasm_v128_load(ix), zero);
        v128_t const is_negative = wasm_v128_and(is_one, wasm_f32x4_lt(wasm_v128_load(xr), zero));
        /* The first value is the lowest bit here and the highest bit of the code. */
        unsigned int const ones = wasm_i32x4_bitmask(is_one);
        unsigned int const signs = wasm_i32x4_bitmask(is_negative);
        unsigned int p = 0, huffbits = 0, k;
        for (k = 0; k < 4; ++k) {
            unsigned int const one = ones >> k & 1;
            p = p << 1 | one;
            huffbits = huffbits << one | (signs >> k & 1);
        }
        bits += h->hlen[p];
        if (w.room < h->hlen[p]) {
            stop_writing(gfc, &w);
            putbits2_of_lame(gfc, huffbits + h->table[p], h->hlen[p]);
            start_writing(gfc, &w);
        }
        else
            write_bits(&w, huffbits + h->table[p], h->hlen[p]);
    }
    stop_writing(gfc, &w);
    return bits;
}
