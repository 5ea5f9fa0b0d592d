/* SPDX-License-Identifier: LGPL-2.0-or-later
 *
 * Replaces putbits2 of LAME's bitstream.c, which writes byte by byte and checks at each byte
 * whether a frame header is due. Here bits are written eight bytes at a time, followed by
 * zeros. Where a header may be due within the bits, the original function writes them.
 */
inline static void putbits2_of_lame(lame_internal_flags * gfc, int val, int j);

/* The write position, kept in registers while a sequence of codes is written. */
typedef struct {
    unsigned char *to;  /* the byte that holds the next bit */
    uint64_t begun;     /* the bits of that byte written so far, left-aligned */
    int     used;       /* their number, 0 to 7 */
    int     room;       /* bits before a header may be due */
    int     start;      /* bits in the buffer when writing started */
} Writer;

static inline void
start_writing(lame_internal_flags const *gfc, Writer * w)
{
    EncStateVar_t const *const esv = &gfc->sv_enc;
    Bit_stream_struc const *const bs = &gfc->bs;
    int const written = bs->buf_byte_idx * 8 + 8 - bs->buf_bit_idx;
    /* A store writes seven bytes beyond its first. */
    int const end = (bs->buf_size - 8) * 8;
    w->start = written;
    w->to = bs->buf + (written >> 3);
    w->used = written & 7;
    w->begun = w->used ? (uint64_t) *w->to << 56 : 0;
    w->room = Min(esv->header[esv->w_ptr].write_timing - bs->totbit, end - written);
}

static inline void
stop_writing(lame_internal_flags * gfc, Writer const *w)
{
    Bit_stream_struc *const bs = &gfc->bs;
    int const written = (w->to - bs->buf) * 8 + w->used;
    bs->totbit += written - w->start;
    /* LAME moves to the next byte with its first bit, not after the last of this one. */
    bs->buf_byte_idx = (written - 1) >> 3;
    bs->buf_bit_idx = -written & 7;
}

/* Writes up to 56 bits. The caller checks the room. */
static inline void
write_bits(Writer * w, uint64_t bits, int count)
{
    int const end = w->used + count;
    uint64_t const word = w->begun | bits << (-end & 63);
    uint64_t const stored = __builtin_bswap64(word);
    memcpy(w->to, &stored, sizeof stored);
    w->to += end >> 3;
    w->begun = word << (end & 56);
    w->used = end & 7;
    w->room -= count;
}

inline static void
putbits2(lame_internal_flags * gfc, int val, int j)
{
    Writer  w;
    start_writing(gfc, &w);
    if (w.room < j)
        putbits2_of_lame(gfc, val, j);
    else {
        write_bits(&w, (unsigned int) val, j);
        stop_writing(gfc, &w);
    }
}
