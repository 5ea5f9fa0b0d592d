/* SPDX-License-Identifier: Apache-2.0
 *
 * An encoder plugin in C: adpcm.c as the exports of tonearm:audio/encoder. Return values
 * stay in static memory or in the session until the next call, so the caller frees nothing.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "adpcm.h"
#include "contract.h"

enum { MAX_BLOCK = 8192 };

static const uint32_t rates[] = {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
#define RATES "8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000"

struct session {
    uint32_t rate;
    int channels, is_finished;
    adpcm_t states[CHANNELS];
    /* Samples of an incomplete block. */
    int16_t pending[BLOCK_SAMPLES * CHANNELS];
    size_t count;
    uint64_t samples, blocks;
    /* The result of the last call, with space for the header and all blocks of the longest
     * push. */
    uint8_t out[HEADER_BYTES + (MAX_BLOCK / BLOCK_SAMPLES + 2) * BLOCK_BYTES * CHANNELS];
    size_t length;
    uint8_t header[HEADER_BYTES];
};

/* The caller allocates the lists that it passes by this. */
__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size)
{
    (void) old_size;
    if (size == 0)
        return (void *) align;
    void *new = realloc(old, size);
    if (!new)
        abort();
    return new;
}

static error_t error(int kind, const char *format, ...)
{
    static char text[200];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return (error_t) {kind, {text, (size_t) length}};
}

#define STRING(text) {text, sizeof text - 1}

EXPORT("describe") description_t *describe(void)
{
    static description_t description = {
        .name = STRING("IMA ADPCM, an example in C"),
        .media_type = STRING("audio/wav"),
        .extension = STRING("wav"),
        .sample_rates = {rates, sizeof rates / sizeof *rates},
        .max_channels = CHANNELS,
        .max_block = MAX_BLOCK,
        /* A block starts with the step size that the one before it ended with. */
        .lead_in = {0, 0},
    };
    return &description;
}

static int is_valid_rate(uint32_t rate)
{
    for (size_t n = 0; n < sizeof rates / sizeof *rates; ++n)
        if (rates[n] == rate)
            return 1;
    return 0;
}

EXPORT("[static]session.open")
opened_t *session_open(uint32_t rate, uint32_t channels, uint32_t control, uint32_t value, uint32_t effort, uint32_t independent)
{
    static opened_t opened;
    opened.is_error = 1;
    if (!is_valid_rate(rate))
        opened.error = error(BAD_SETTINGS, "sample-rate is %u; valid: " RATES, (unsigned) rate);
    else if (channels < 1 || channels > CHANNELS)
        opened.error = error(BAD_SETTINGS, "channels is %u; valid: 1 to %d", (unsigned) channels, CHANNELS);
    else if (control == BITRATE)
        opened.error = error(BAD_SETTINGS, "bitrate is %u; valid: none, only a quality", (unsigned) value);
    else if (value > 9)
        opened.error = error(BAD_SETTINGS, "quality is %u; valid: 0 to 9", (unsigned) value);
    else if (effort > 9)
        opened.error = error(BAD_SETTINGS, "effort is %u; valid: 0 to 9", (unsigned) effort);
    else if (independent)
        opened.error = error(BAD_SETTINGS, "independent-frames is true; valid: false");
    else {
        session_t *session = calloc(1, sizeof *session);
        if (session) {
            session->rate = rate;
            session->channels = (int) channels;
            opened.is_error = 0;
            opened.session = handle_of(session);
        } else
            opened.error = error(INTERNAL, "no memory for a session");
    }
    return &opened;
}

EXPORT("[dtor]session") void session_drop(session_t *session) { free(session); }

static void add_header(session_t *session)
{
    adpcm_header(session->out, session->rate, session->channels, 0, 0);
    session->length = HEADER_BYTES;
}

static void add_block(session_t *session)
{
    if (session->blocks == 0)
        add_header(session);
    adpcm_block(session->states, session->channels, session->pending, session->out + session->length);
    session->length += (size_t) BLOCK_BYTES * session->channels;
    session->blocks++;
    session->count = 0;
}

static int16_t to_16_bits(float sample)
{
    return (int16_t) lrintf(fmaxf(-32768, fminf(32767, sample * 32768)));
}

/* Whether a block is valid; if not, stores the error. */
static int is_valid_block(const session_t *session, const float *pcm, size_t length, error_t *invalid)
{
    if (session->is_finished)
        *invalid = (error_t) {FINISHED, {0, 0}};
    else if (length % session->channels)
        *invalid = error(BAD_BLOCK, "%zu samples for %d channels; valid: a multiple", length, session->channels);
    else if (length / session->channels > MAX_BLOCK)
        *invalid = error(BAD_BLOCK, "%zu samples per channel; valid: at most %d", length / session->channels, MAX_BLOCK);
    else {
        for (size_t n = 0; n < length; ++n)
            if (!isfinite(pcm[n])) {
                *invalid = error(BAD_BLOCK, "sample %zu is %f; valid: finite numbers", n, (double) pcm[n]);
                return 0;
            }
        return 1;
    }
    return 0;
}

/* The caller allocated `pcm` by cabi_realloc and passes its ownership. */
EXPORT("[method]session.push") pushed_t *session_push(session_t *session, float *pcm, size_t length)
{
    static pushed_t pushed;
    pushed.is_error = !is_valid_block(session, pcm, length, &pushed.error);
    if (!pushed.is_error) {
        session->length = 0;
        for (size_t n = 0; n < length; ++n) {
            session->pending[session->count++] = to_16_bits(pcm[n]);
            if (session->count == (size_t) BLOCK_SAMPLES * session->channels)
                add_block(session);
        }
        session->samples += length / session->channels;
        pushed.frames = (bytes_t) {session->out, session->length};
    }
    if (length)
        free(pcm);
    return &pushed;
}

EXPORT("[method]session.finish") finished_t *session_finish(session_t *session)
{
    static finished_t finished;
    finished.is_error = session->is_finished;
    if (session->is_finished) {
        finished.error = (error_t) {FINISHED, {0, 0}};
        return &finished;
    }
    session->is_finished = 1;
    session->length = 0;
    uint32_t padding = 0;
    if (session->count) {
        size_t const whole = (size_t) BLOCK_SAMPLES * session->channels;
        padding = (uint32_t) ((whole - session->count) / session->channels);
        /* Repeat the last sample. */
        for (; session->count < whole; session->count++)
            session->pending[session->count] = session->pending[session->count - session->channels];
        add_block(session);
    } else if (session->blocks == 0)
        add_header(session);
    adpcm_header(session->header, session->rate, session->channels, session->samples, session->blocks);
    finished.ending = (ending_t) {
        .tail = {session->out, session->length},
        .header = {session->header, HEADER_BYTES},
        .delay = 0,
        .padding = padding,
        .samples = session->samples,
    };
    return &finished;
}
