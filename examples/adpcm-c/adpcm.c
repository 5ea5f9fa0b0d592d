/* SPDX-License-Identifier: Apache-2.0 */
#include "adpcm.h"

#include <string.h>

/* The step sizes of the format, each about 1.1 times the one before. */
static const int16_t steps[89] = {
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408,
    449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066,
    2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630,
    9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
};
/* The change of the index after a difference of this size. */
static const int8_t index_changes[8] = {-1, -1, -1, -1, 2, 4, 6, 8};

static int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

/* Encodes a sample in four bits: sign and size of its difference from the prediction. */
static unsigned nibble(adpcm_t *state, int sample)
{
    int step = steps[state->index], difference = sample - state->predicted;
    unsigned sign = difference < 0 ? 8 : 0, size = 0;
    int left = sign ? -difference : difference, restored = step >> 3;
    for (unsigned bit = 4; bit; bit >>= 1, step >>= 1)
        if (left >= step) {
            size |= bit;
            left -= step;
            restored += step;
        }
    state->predicted = clamp(state->predicted + (sign ? -restored : restored), -32768, 32767);
    state->index = clamp(state->index + index_changes[size], 0, 88);
    return sign | size;
}

void adpcm_block(adpcm_t states[], int channels, const int16_t *pcm, uint8_t *out)
{
    for (int channel = 0; channel < channels; ++channel) {
        adpcm_t *state = &states[channel];
        uint8_t *to = out + 4 * channel;
        state->predicted = pcm[channel];
        to[0] = (uint8_t) state->predicted;
        to[1] = (uint8_t) (state->predicted >> 8);
        to[2] = (uint8_t) state->index;
        to[3] = 0;
        /* The channels alternate every eight samples. */
        for (int n = 1; n < BLOCK_SAMPLES; n += 8) {
            to += 4 * channels;
            for (int pair = 0; pair < 4; ++pair) {
                const int16_t *from = pcm + (n + 2 * pair) * channels + channel;
                unsigned low = nibble(state, from[0]);
                to[pair] = (uint8_t) (low | nibble(state, from[channels]) << 4);
            }
        }
    }
}

static uint8_t *put_le(uint8_t *out, int bytes, uint64_t value)
{
    for (; bytes; --bytes, value >>= 8)
        *out++ = (uint8_t) value;
    return out;
}

static uint64_t clamp_to_32_bits(uint64_t size) { return size > UINT32_MAX ? UINT32_MAX : size; }

void adpcm_header(uint8_t out[HEADER_BYTES], uint32_t rate, int channels, uint64_t samples, uint64_t blocks)
{
    unsigned const block = BLOCK_BYTES * channels;
    uint64_t const data = blocks * block;
    memcpy(out, "RIFF", 4);
    put_le(out + 4, 4, clamp_to_32_bits(data + HEADER_BYTES - 8));
    memcpy(out + 8, "WAVEfmt ", 8);
    out = put_le(out + 16, 4, 20);
    out = put_le(out, 2, 0x11);
    out = put_le(out, 2, channels);
    out = put_le(out, 4, rate);
    out = put_le(out, 4, (uint64_t) rate * block / BLOCK_SAMPLES);
    out = put_le(out, 2, block);
    out = put_le(out, 2, 4); /* bits per sample */
    out = put_le(out, 2, 2); /* bytes of the extension */
    out = put_le(out, 2, BLOCK_SAMPLES);
    memcpy(out, "fact", 4);
    out = put_le(out + 4, 4, 4);
    out = put_le(out, 4, clamp_to_32_bits(samples));
    memcpy(out, "data", 4);
    put_le(out + 4, 4, clamp_to_32_bits(data));
}
