//! The functions of `c/session.h`.
#![expect(unsafe_code, reason = "declarations of a C library")]

use std::ffi::{c_char, c_int, c_uint};

/// An open decoder, opaque.
#[repr(C)]
pub struct Session {
    _private: [u8; 0],
}

/// `TonearmTrack`.
#[repr(C)]
pub struct Track {
    pub decoder: *const c_char,
    pub sample_rate: u32,
    pub channels: u32,
    pub channel_mask: u32,
    pub block_bytes: u32,
    pub bits_per_coded_sample: u32,
    pub bit_rate: u32,
    pub tag: u32,
    pub config: *const u8,
    pub config_bytes: usize,
}

/// `TonearmFrame`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Frame {
    pub sample_rate: u32,
    pub channels: u32,
    pub channel_mask: u32,
    /// Per channel.
    pub samples: u32,
}

unsafe extern "C" {
    pub fn tonearm_version() -> c_uint;
    pub fn tonearm_has(decoder: *const c_char) -> c_int;
    pub fn tonearm_open(track: *const Track, error: *mut c_int) -> *mut Session;
    pub fn tonearm_close(session: *mut Session);
    pub fn tonearm_send(session: *mut Session, bytes: *const u8, count: usize) -> c_int;
    pub fn tonearm_receive(session: *mut Session, frame: *mut Frame) -> c_int;
    pub fn tonearm_take(session: *mut Session, samples: *mut f32);
    pub fn tonearm_reset(session: *mut Session);
    pub fn tonearm_error_text(error: c_int, text: *mut c_char, room: usize);
}
