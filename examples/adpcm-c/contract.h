/* SPDX-License-Identifier: Apache-2.0
 *
 * The interface tonearm:audio/encoder (wit/audio/encoder.wit) for C: the memory layout of
 * its records and variants by the component model's canonical ABI, which is C's own layout
 * on 32-bit WebAssembly, and the export names of its functions.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stddef.h>
#include <stdint.h>

#define INTERFACE "tonearm:audio/encoder@0.2.0"
#define EXPORT(name) __attribute__((export_name(INTERFACE "#" name)))
#define IMPORT(name) __attribute__((import_module("[export]" INTERFACE), import_name(name)))

/* string and list<T> */
typedef struct { const char *text; size_t length; } string_t;
typedef struct { const uint8_t *bytes; size_t length; } bytes_t;
typedef struct { const uint32_t *numbers; size_t length; } numbers_t;

/* record description */
typedef struct {
    string_t name, media_type, extension;
    numbers_t sample_rates;
    uint8_t max_channels;
    uint32_t max_block;
    struct { uint8_t is_some; uint32_t frames; } lead_in;
} description_t;

/* variant rate-control, passed to `open` as a case and a value */
enum { QUALITY, BITRATE };

/* variant error */
enum { BAD_SETTINGS, BAD_BLOCK, FINISHED, INTERNAL };
typedef struct { uint8_t kind; string_t text; } error_t;

/* record ending */
typedef struct {
    bytes_t tail, header;
    uint32_t delay, padding;
    uint64_t samples;
} ending_t;

/* The caller refers to a session by a handle, which the runtime creates for its address. */
typedef struct session session_t;
typedef int32_t handle_t;
IMPORT("[resource-new]session") handle_t handle_of(session_t *session);

/* result<session, error>, result<list<u8>, error> and result<ending, error> */
typedef struct { uint8_t is_error; union { handle_t session; error_t error; }; } opened_t;
typedef struct { uint8_t is_error; union { bytes_t frames; error_t error; }; } pushed_t;
typedef struct { uint8_t is_error; union { ending_t ending; error_t error; }; } finished_t;

#endif
