/* The part of libavcodec that the plugin calls, without its structures: they differ
   between versions, and this file does not. src/ffi.rs declares the same. */

#ifndef TONEARM_SESSION_H
#define TONEARM_SESSION_H

#include <stddef.h>
#include <stdint.h>

/* A track; zero and null are unknown values. */
typedef struct {
    const char *decoder;
    uint32_t sample_rate;
    uint32_t channels;
    uint32_t channel_mask;
    uint32_t block_bytes;
    uint32_t bits_per_coded_sample;
    uint32_t bit_rate;
    uint32_t tag;
    const uint8_t *config;
    size_t config_bytes;
} TonearmTrack;

/* The format of a decoded frame. */
typedef struct {
    uint32_t sample_rate;
    uint32_t channels;
    uint32_t channel_mask;
    /* Samples per channel. */
    uint32_t samples;
} TonearmFrame;

typedef struct TonearmSession TonearmSession;

/* The version of libavcodec: major, minor and micro in a byte each, major highest. */
unsigned tonearm_version(void);

/* Whether the library has the decoder of this name. */
int tonearm_has(const char *decoder);

/* Opens a decoder. Returns null and sets `error` where that fails. */
TonearmSession *tonearm_open(const TonearmTrack *track, int *error);

/* Closes it. */
void tonearm_close(TonearmSession *session);

/* Hands over a packet, which is copied; no bytes end the stream. Returns a negative number
   on failure. All frames must have been received. */
int tonearm_send(TonearmSession *session, const uint8_t *bytes, size_t count);

/* The next frame: 1 if there is one, 0 if not, negative on failure. */
int tonearm_receive(TonearmSession *session, TonearmFrame *frame);

/* Writes the frame that was received as interleaved floats: channels times samples. */
void tonearm_take(TonearmSession *session, float *samples);

/* Forgets all packets, also after the end of the stream. */
void tonearm_reset(TonearmSession *session);

/* The text of an error, NUL-terminated, in at most `room` bytes. */
void tonearm_error_text(int error, char *text, size_t room);

#endif
