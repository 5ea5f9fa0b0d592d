//! The part of LAME's interface that the plugin calls (lame.h of LAME 3.100).
#![expect(unsafe_code, reason = "declarations of a C library")]

use std::ffi::{c_char, c_int, c_uchar, c_void};

/// `lame_global_flags`: an encoder, opaque.
#[repr(C)]
pub struct Flags {
    _private: [u8; 0],
}

/// `vbr_off`: constant bitrate.
pub const VBR_OFF: c_int = 0;
/// `vbr_default`, an alias of `vbr_mtrh`.
pub const VBR_DEFAULT: c_int = 4;
/// `JOINT_STEREO` of `MPEG_mode`.
pub const JOINT_STEREO: c_int = 1;
/// `MONO` of `MPEG_mode`.
pub const MONO: c_int = 3;

#[link(name = "mp3lame", kind = "static")]
unsafe extern "C" {
    pub fn get_lame_version() -> *const c_char;
    pub fn lame_init() -> *mut Flags;
    pub fn lame_close(flags: *mut Flags) -> c_int;

    // `report` receives messages; null discards them.
    pub fn lame_set_errorf(flags: *mut Flags, report: *const c_void) -> c_int;
    pub fn lame_set_debugf(flags: *mut Flags, report: *const c_void) -> c_int;
    pub fn lame_set_msgf(flags: *mut Flags, report: *const c_void) -> c_int;

    pub fn lame_set_num_channels(flags: *mut Flags, channels: c_int) -> c_int;
    pub fn lame_set_in_samplerate(flags: *mut Flags, hertz: c_int) -> c_int;
    pub fn lame_set_out_samplerate(flags: *mut Flags, hertz: c_int) -> c_int;
    pub fn lame_set_mode(flags: *mut Flags, mode: c_int) -> c_int;
    pub fn lame_set_VBR(flags: *mut Flags, mode: c_int) -> c_int;
    pub fn lame_set_VBR_q(flags: *mut Flags, quality: c_int) -> c_int;
    pub fn lame_set_brate(flags: *mut Flags, kbits: c_int) -> c_int;
    pub fn lame_set_quality(flags: *mut Flags, effort: c_int) -> c_int;
    pub fn lame_set_disable_reservoir(flags: *mut Flags, disable: c_int) -> c_int;
    pub fn lame_set_bWriteVbrTag(flags: *mut Flags, write: c_int) -> c_int;
    pub fn lame_set_write_id3tag_automatic(flags: *mut Flags, write: c_int);
    pub fn lame_init_params(flags: *mut Flags) -> c_int;

    pub fn lame_encode_buffer_ieee_float(
        flags: *mut Flags,
        left: *const f32,
        right: *const f32,
        samples: c_int,
        out: *mut c_uchar,
        room: c_int,
    ) -> c_int;
    pub fn lame_encode_buffer_interleaved_ieee_float(
        flags: *mut Flags,
        pcm: *const f32,
        samples: c_int,
        out: *mut c_uchar,
        room: c_int,
    ) -> c_int;
    pub fn lame_encode_flush(flags: *mut Flags, out: *mut c_uchar, room: c_int) -> c_int;
    pub fn lame_get_lametag_frame(flags: *const Flags, out: *mut c_uchar, room: usize) -> usize;
    pub fn lame_get_encoder_delay(flags: *const Flags) -> c_int;
    pub fn lame_get_encoder_padding(flags: *const Flags) -> c_int;
}
