/* SPDX-License-Identifier: Apache-2.0
 *
 * IMA ADPCM as WAV files hold it (format 0x11; Microsoft's "New Multimedia Data Types
 * and Data Techniques", 1994): four bits a sample, in blocks that each start afresh.
 */
#ifndef ADPCM_H
#define ADPCM_H

#include <stdint.h>

/* Of one channel: 4 bytes with the first sample, then two samples a byte. */
enum { BLOCK_BYTES = 1024, BLOCK_SAMPLES = (BLOCK_BYTES - 4) * 2 + 1 };
enum { CHANNELS = 2, HEADER_BYTES = 60 };

/* What the encoder of one channel carries from sample to sample. */
typedef struct { int predicted, index; } adpcm_t;

/* Encodes a block: interleaved samples of `channels`, BLOCK_SAMPLES each, to
 * BLOCK_BYTES for each channel. */
void adpcm_block(adpcm_t states[], int channels, const int16_t *pcm, uint8_t *out);

/* Writes the head of a WAV file of so many samples per channel and blocks. */
void adpcm_header(uint8_t out[HEADER_BYTES], uint32_t rate, int channels, uint64_t samples, uint64_t blocks);

#endif
