/* SPDX-License-Identifier: Apache-2.0
 *
 * IMA ADPCM in WAV files (format 0x11; Microsoft's "New Multimedia Data Types and Data
 * Techniques", 1994): four bits per sample, in blocks that each contain their start state.
 */
#ifndef ADPCM_H
#define ADPCM_H

#include <stdint.h>

/* A block of one channel: 4 bytes with the first sample, then two samples per byte. */
enum { BLOCK_BYTES = 1024, BLOCK_SAMPLES = (BLOCK_BYTES - 4) * 2 + 1 };
enum { CHANNELS = 2, HEADER_BYTES = 60 };

/* The encoder state of one channel. */
typedef struct { int predicted, index; } adpcm_t;

/* Encodes a block: BLOCK_SAMPLES interleaved samples per channel, to BLOCK_BYTES bytes per
 * channel. */
void adpcm_block(adpcm_t states[], int channels, const int16_t *pcm, uint8_t *out);

/* Writes the header of a WAV file of `samples` samples per channel in `blocks` blocks. */
void adpcm_header(uint8_t out[HEADER_BYTES], uint32_t rate, int channels, uint64_t samples, uint64_t blocks);

#endif
