//! A safe interface to LAME. This file and the declarations in `ffi.rs` contain all unsafe
//! code of the plugin.
#![expect(unsafe_code, reason = "LAME is a C library")]

use std::ffi::{CStr, c_int};
use std::ptr::{self, NonNull};

use tonearm_encoder_sdk::{MAX_BLOCK, RateControl, Settings};

use crate::ffi::{self as sys, Flags};

/// Most bytes that a call returns for the longest block: 1.25 times the samples, and 7,200
/// (lame.h).
const MAX_OUTPUT: usize = MAX_BLOCK * 5 / 4 + 7200;

/// A failed call of LAME.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{call} of LAME returned {code}")]
pub struct LameError {
    call: &'static str,
    code: c_int,
}

/// One encoder. Encoders share no state, so any number can be open at once.
pub struct Lame {
    flags: NonNull<Flags>,
    channels: usize,
    writes_tag: bool,
    out: Vec<u8>,
}

/// "LAME 3.100".
pub fn version() -> String {
    // SAFETY: returns a pointer to a NUL-terminated constant.
    let version = unsafe { CStr::from_ptr(sys::get_lame_version()) };
    format!("LAME {}", version.to_string_lossy())
}

impl Lame {
    /// Starts an encoder. The settings are valid.
    pub fn new(settings: &Settings) -> Result<Self, LameError> {
        // SAFETY: has no arguments; returns an encoder that the caller owns, or null.
        let flags = unsafe { sys::lame_init() };
        let lame = Self {
            flags: NonNull::new(flags).ok_or(LameError {
                call: "lame_init",
                code: -1,
            })?,
            channels: usize::from(settings.format.channels),
            writes_tag: !settings.independent_frames
                && matches!(settings.rate_control, RateControl::Quality(_)),
            out: vec![0; MAX_OUTPUT],
        };
        lame.configure(settings)?;
        Ok(lame)
    }

    fn configure(&self, settings: &Settings) -> Result<(), LameError> {
        let flags = self.flags.as_ptr();
        let rate = settings.format.sample_rate.cast_signed();
        let mode = match settings.format.channels {
            1 => sys::MONO,
            _ => sys::JOINT_STEREO,
        };
        let (vbr, quality, bitrate) = match settings.rate_control {
            RateControl::Quality(quality) => (sys::VBR_DEFAULT, quality, 0),
            RateControl::Bitrate(bitrate) => (sys::VBR_OFF, 0, c_int::from(bitrate)),
        };
        let effort = c_int::from(settings.effort);
        // SAFETY: `flags` came from `lame_init` and is open. The setters store numbers, and
        // null for the report functions means silence.
        unsafe {
            sys::lame_set_errorf(flags, ptr::null());
            sys::lame_set_debugf(flags, ptr::null());
            sys::lame_set_msgf(flags, ptr::null());
            let channels = c_int::from(settings.format.channels);
            check(
                "lame_set_num_channels",
                sys::lame_set_num_channels(flags, channels),
            )?;
            check(
                "lame_set_in_samplerate",
                sys::lame_set_in_samplerate(flags, rate),
            )?;
            check(
                "lame_set_out_samplerate",
                sys::lame_set_out_samplerate(flags, rate),
            )?;
            check("lame_set_mode", sys::lame_set_mode(flags, mode))?;
            check("lame_set_VBR", sys::lame_set_VBR(flags, vbr))?;
            check(
                "lame_set_VBR_q",
                sys::lame_set_VBR_q(flags, c_int::from(quality)),
            )?;
            check("lame_set_brate", sys::lame_set_brate(flags, bitrate))?;
            check("lame_set_quality", sys::lame_set_quality(flags, effort))?;
            check(
                "lame_set_disable_reservoir",
                sys::lame_set_disable_reservoir(flags, c_int::from(settings.independent_frames)),
            )?;
            check(
                "lame_set_bWriteVbrTag",
                sys::lame_set_bWriteVbrTag(flags, c_int::from(self.writes_tag)),
            )?;
            sys::lame_set_write_id3tag_automatic(flags, 0);
            check("lame_init_params", sys::lame_init_params(flags))?;
        }
        Ok(())
    }

    /// Encodes at most [`MAX_BLOCK`] samples per channel, interleaved, finite,
    /// within -1.0 and 1.0, and a whole number per channel.
    pub fn encode_buffer(&mut self, pcm: &[f32]) -> Result<&[u8], LameError> {
        let frames = pcm.len() / self.channels;
        debug_assert!(frames <= MAX_BLOCK && frames * self.channels == pcm.len());
        let (flags, samples) = (self.flags.as_ptr(), pcm.as_ptr());
        let (out, room, count) = (self.out.as_mut_ptr(), MAX_OUTPUT as c_int, frames as c_int);
        // SAFETY: `flags` is open. LAME reads `count` samples per channel from `samples`,
        // which has exactly that many, and writes at most `room` bytes to `out`, which has
        // `room` bytes. For one channel both pointers may be the same.
        let length = unsafe {
            if self.channels == 1 {
                sys::lame_encode_buffer_ieee_float(flags, samples, samples, count, out, room)
            } else {
                sys::lame_encode_buffer_interleaved_ieee_float(flags, samples, count, out, room)
            }
        };
        self.written("lame_encode_buffer", length)
    }

    /// Returns the last frames.
    pub fn flush(&mut self) -> Result<&[u8], LameError> {
        let (flags, out) = (self.flags.as_ptr(), self.out.as_mut_ptr());
        // SAFETY: `flags` is open. LAME writes at most `MAX_OUTPUT` bytes to `out`, which has
        // that many.
        let length = unsafe { sys::lame_encode_flush(flags, out, MAX_OUTPUT as c_int) };
        self.written("lame_encode_flush", length)
    }

    /// Whether the stream begins with LAME's own Xing frame.
    pub fn writes_tag(&self) -> bool {
        self.writes_tag
    }

    /// The final Xing frame with LAME's extension; empty where the stream has none.
    pub fn tag_frame(&mut self) -> &[u8] {
        let (flags, out) = (self.flags.as_ptr(), self.out.as_mut_ptr());
        // SAFETY: `flags` is open. LAME writes at most `MAX_OUTPUT` bytes to `out`, which has
        // that many. If the frame is larger, LAME writes nothing and returns its size.
        let length = unsafe { sys::lame_get_lametag_frame(flags, out, MAX_OUTPUT) };
        self.out.get(..length).unwrap_or_default()
    }

    /// Samples per channel that LAME added before the first and after the last. Final after
    /// [`flush`](Self::flush).
    pub fn delay_and_padding(&self) -> (u32, u32) {
        let flags = self.flags.as_ptr();
        // SAFETY: `flags` is open, and both calls only read a number.
        let (delay, padding) = unsafe {
            (
                sys::lame_get_encoder_delay(flags),
                sys::lame_get_encoder_padding(flags),
            )
        };
        let positive = |number: c_int| u32::try_from(number).unwrap_or(0);
        (positive(delay), positive(padding))
    }

    fn written(&self, call: &'static str, length: c_int) -> Result<&[u8], LameError> {
        let bytes = usize::try_from(length)
            .ok()
            .and_then(|length| self.out.get(..length));
        bytes.ok_or(LameError { call, code: length })
    }
}

impl Drop for Lame {
    fn drop(&mut self) {
        // SAFETY: `flags` came from `lame_init` and is closed only here.
        unsafe {
            sys::lame_close(self.flags.as_ptr());
        }
    }
}

fn check(call: &'static str, code: c_int) -> Result<(), LameError> {
    if code < 0 {
        return Err(LameError { call, code });
    }
    Ok(())
}
