/* See session.h. */

#include "session.h"

#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <string.h>

/* Largest single allocation. The longest frames, of Monkey's Audio, need 10 MiB, and a
   component may have 64 MiB. */
#define MAX_ALLOCATION (16u << 20)

/* The positions that WAVE defines; libavcodec's bits are the same. */
#define WAVE_POSITIONS ((1u << 18) - 1)

#ifdef __wasm__
#include <time.h>

/* A plugin has no clock. libavutil takes random numbers from changes of this one. */
clock_t clock(void) {
    static clock_t calls;
    return ++calls;
}
#endif

struct TonearmSession {
    AVCodecContext *context;
    AVPacket *packet;
    AVFrame *frame;
};

unsigned tonearm_version(void) { return avcodec_version(); }

int tonearm_has(const char *decoder) { return avcodec_find_decoder_by_name(decoder) != NULL; }

static int set_layout(AVCodecContext *context, const TonearmTrack *track) {
    if (track->channel_mask && (uint32_t)__builtin_popcount(track->channel_mask) == track->channels)
        return av_channel_layout_from_mask(&context->ch_layout, track->channel_mask);
    if (track->channels) {
        context->ch_layout.order = AV_CHANNEL_ORDER_UNSPEC;
        context->ch_layout.nb_channels = (int)track->channels;
    }
    return 0;
}

static int configure(TonearmSession *session, const AVCodec *codec, const TonearmTrack *track) {
    AVCodecContext *context = session->context;
    int error = set_layout(context, track);
    if (error < 0)
        return error;
    context->sample_rate = (int)track->sample_rate;
    context->block_align = (int)track->block_bytes;
    context->bits_per_coded_sample = (int)track->bits_per_coded_sample;
    context->bit_rate = track->bit_rate;
    context->codec_tag = track->tag;
    context->thread_count = 1;
    /* The caller trims: it knows the container's edit lists, and where it has sought to. */
    context->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
    if (track->config_bytes) {
        context->extradata = av_mallocz(track->config_bytes + AV_INPUT_BUFFER_PADDING_SIZE);
        if (!context->extradata)
            return AVERROR(ENOMEM);
        memcpy(context->extradata, track->config, track->config_bytes);
        context->extradata_size = (int)track->config_bytes;
    }
    return avcodec_open2(context, codec, NULL);
}

TonearmSession *tonearm_open(const TonearmTrack *track, int *error) {
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(MAX_ALLOCATION);
    const AVCodec *codec = avcodec_find_decoder_by_name(track->decoder);
    *error = codec ? AVERROR(ENOMEM) : AVERROR_DECODER_NOT_FOUND;
    TonearmSession *session = codec ? av_mallocz(sizeof *session) : NULL;
    if (!session)
        return NULL;
    session->context = avcodec_alloc_context3(codec);
    session->packet = av_packet_alloc();
    session->frame = av_frame_alloc();
    if (session->context && session->packet && session->frame)
        *error = configure(session, codec, track);
    if (*error >= 0)
        return session;
    tonearm_close(session);
    return NULL;
}

void tonearm_close(TonearmSession *session) {
    avcodec_free_context(&session->context);
    av_packet_free(&session->packet);
    av_frame_free(&session->frame);
    av_free(session);
}

int tonearm_send(TonearmSession *session, const uint8_t *bytes, size_t count) {
    if (!count) {
        int error = avcodec_send_packet(session->context, NULL);
        return error == AVERROR_EOF ? 0 : error;
    }
    /* The buffer that this allocates ends with the zeros that decoders may read. */
    int error = av_new_packet(session->packet, (int)count);
    if (error < 0)
        return error;
    memcpy(session->packet->data, bytes, count);
    session->packet->flags |= AV_PKT_FLAG_KEY;
    error = avcodec_send_packet(session->context, session->packet);
    av_packet_unref(session->packet);
    return error;
}

static uint32_t wave_mask(const AVChannelLayout *layout) {
    if (layout->order != AV_CHANNEL_ORDER_NATIVE || layout->u.mask & ~(uint64_t)WAVE_POSITIONS)
        return 0;
    return (uint32_t)layout->u.mask;
}

int tonearm_receive(TonearmSession *session, TonearmFrame *frame) {
    int error = avcodec_receive_frame(session->context, session->frame);
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF)
        return 0;
    if (error < 0)
        return error;
    const AVFrame *decoded = session->frame;
    frame->sample_rate = decoded->sample_rate > 0 ? (uint32_t)decoded->sample_rate : 0;
    frame->channels = (uint32_t)decoded->ch_layout.nb_channels;
    frame->channel_mask = wave_mask(&decoded->ch_layout);
    frame->samples = (uint32_t)decoded->nb_samples;
    return 1;
}

/* Converts `count` samples, `from_step` apart, to floats `to_step` apart. */
#define CONVERT(NAME, TYPE, EXPRESSION)                                                            \
    static void NAME(const uint8_t *from, size_t from_step, float *to, size_t to_step,             \
                     size_t count) {                                                               \
        const TYPE *samples = (const TYPE *)from;                                                  \
        for (size_t i = 0; i < count; i++) {                                                       \
            TYPE sample = samples[i * from_step];                                                  \
            to[i * to_step] = EXPRESSION;                                                          \
        }                                                                                          \
    }

CONVERT(from_u8, uint8_t, (float)(sample - 128) * (1.0f / (1 << 7)))
CONVERT(from_s16, int16_t, (float)sample * (1.0f / (1 << 15)))
CONVERT(from_s32, int32_t, (float)sample * (1.0f / (1u << 31)))
CONVERT(from_s64, int64_t, (float)((double)sample * (1.0 / 9223372036854775808.0)))
CONVERT(from_float, float, sample)
CONVERT(from_double, double, (float)sample)

typedef void Convert(const uint8_t *, size_t, float *, size_t, size_t);

static Convert *converter(enum AVSampleFormat format) {
    switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
        return from_u8;
    case AV_SAMPLE_FMT_S16:
        return from_s16;
    case AV_SAMPLE_FMT_S32:
        return from_s32;
    case AV_SAMPLE_FMT_S64:
        return from_s64;
    case AV_SAMPLE_FMT_FLT:
        return from_float;
    case AV_SAMPLE_FMT_DBL:
        return from_double;
    default:
        return NULL;
    }
}

void tonearm_take(TonearmSession *session, float *samples) {
    AVFrame *frame = session->frame;
    size_t channels = (size_t)frame->ch_layout.nb_channels;
    size_t count = (size_t)frame->nb_samples;
    Convert *convert = converter(frame->format);
    if (!convert)
        memset(samples, 0, channels * count * sizeof *samples);
    else if (!av_sample_fmt_is_planar(frame->format))
        convert(frame->extended_data[0], 1, samples, 1, channels * count);
    else
        for (size_t channel = 0; channel < channels; channel++)
            convert(frame->extended_data[channel], 1, samples + channel, channels, count);
    av_frame_unref(frame);
}

void tonearm_reset(TonearmSession *session) {
    av_frame_unref(session->frame);
    avcodec_flush_buffers(session->context);
}

void tonearm_error_text(int error, char *text, size_t room) { av_strerror(error, text, room); }
