//! A safe interface to libavcodec. This file and the declarations in `ffi.rs` contain all
//! unsafe code of the plugin.
#![expect(unsafe_code, reason = "libavcodec is a C library")]

use std::ffi::{CStr, c_int};
use std::fmt;
use std::ptr::NonNull;

use tonearm_decoder_sdk::{MAX_PACKET_SAMPLES, Pcm, Settings};

use crate::ffi;

/// An error number of libavcodec.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error(c_int);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 128];
        // SAFETY: writes at most the length that is passed, with a NUL at the end.
        unsafe { ffi::tonearm_error_text(self.0, text.as_mut_ptr().cast(), text.len()) };
        let text = CStr::from_bytes_until_nul(&text).unwrap_or_default();
        f.write_str(&text.to_string_lossy())
    }
}

/// "libavcodec 59.37.100".
pub fn version() -> String {
    // SAFETY: has no arguments and returns a number.
    let version = unsafe { ffi::tonearm_version() };
    let (major, minor, micro) = (version >> 16, version >> 8 & 0xff, version & 0xff);
    format!("libavcodec {major}.{minor}.{micro}")
}

/// Whether the library has the decoder of this name.
pub fn has(decoder: &CStr) -> bool {
    // SAFETY: reads a NUL-terminated string.
    unsafe { ffi::tonearm_has(decoder.as_ptr()) != 0 }
}

/// An open decoder. Decoders share no state, so any number can be open at once.
pub struct Libavcodec {
    session: NonNull<ffi::Session>,
}

// SAFETY: a decoder has no ties to the thread that opened it, and `&mut self` keeps other
// threads from using it at the same time.
unsafe impl Send for Libavcodec {}

impl Libavcodec {
    /// Opens a decoder of a track.
    pub fn open(decoder: &CStr, settings: &Settings) -> Result<Self, Error> {
        let track = ffi::Track {
            decoder: decoder.as_ptr(),
            sample_rate: settings.sample_rate.min(i32::MAX as u32),
            channels: settings.channels.into(),
            channel_mask: settings.channel_mask,
            block_bytes: settings.block_bytes.min(i32::MAX as u32),
            bits_per_coded_sample: settings.bits_per_coded_sample.min(i32::MAX as u32),
            bit_rate: settings.bit_rate,
            tag: settings.tag,
            config: settings.config.as_ptr(),
            config_bytes: settings.config.len(),
        };
        let mut error = 0;
        // SAFETY: the pointers in `track` are valid for the call, which copies what it
        // keeps; the session limits `config` to far less than 2 GiB.
        let session = unsafe { ffi::tonearm_open(&raw const track, &raw mut error) };
        let session = NonNull::new(session).ok_or(Error(error))?;
        Ok(Self { session })
    }

    /// Decodes a packet of at least one byte. A packet of which only the first frames are
    /// intact yields those.
    pub fn decode(&mut self, packet: &[u8]) -> Result<Pcm, Error> {
        debug_assert!(!packet.is_empty(), "no bytes end the stream");
        self.send(packet)
    }

    /// Returns what the decoder holds at the end of the stream.
    pub fn flush(&mut self) -> Result<Pcm, Error> {
        self.send(&[])
    }

    /// Forgets all packets.
    pub fn reset(&mut self) {
        // SAFETY: the session is open.
        unsafe { ffi::tonearm_reset(self.session.as_ptr()) };
    }

    fn send(&mut self, packet: &[u8]) -> Result<Pcm, Error> {
        let session = self.session.as_ptr();
        // SAFETY: the session is open, and the call copies the bytes.
        let sent = unsafe { ffi::tonearm_send(session, packet.as_ptr(), packet.len()) };
        let mut pcm = Pcm::default();
        let mut status = sent;
        while status >= 0 {
            let mut frame = ffi::Frame::default();
            // SAFETY: the session is open, and the call writes one `Frame`.
            status = unsafe { ffi::tonearm_receive(session, &raw mut frame) };
            match status {
                0 => break,
                1 => self.append(&frame, &mut pcm),
                // libavcodec has dropped the rest of the packet.
                _ => {}
            }
        }
        match status < 0 && pcm.samples.is_empty() {
            true => Err(Error(status)),
            false => Ok(pcm),
        }
    }

    /// Appends the frame that was received last. A frame in another format than the first
    /// of the packet, and one beyond the limit of a packet, is dropped.
    fn append(&mut self, frame: &ffi::Frame, pcm: &mut Pcm) {
        let count = (frame.samples as usize).saturating_mul(frame.channels as usize);
        let length = pcm.samples.len();
        let format = (frame.sample_rate, frame.channels, frame.channel_mask);
        let first = (pcm.sample_rate, pcm.channels.into(), pcm.channel_mask);
        let Ok(channels) = u16::try_from(frame.channels) else {
            return;
        };
        if length > 0 && format != first || count > MAX_PACKET_SAMPLES - length {
            return;
        }
        pcm.sample_rate = frame.sample_rate;
        pcm.channels = channels;
        pcm.channel_mask = frame.channel_mask;
        pcm.samples.reserve(count);
        // SAFETY: the session has a frame of `count` samples in all channels. The call
        // writes that many to the room that was reserved.
        unsafe {
            let room = pcm.samples.as_mut_ptr().add(length);
            ffi::tonearm_take(self.session.as_ptr(), room);
            pcm.samples.set_len(length + count);
        }
    }
}

impl Drop for Libavcodec {
    fn drop(&mut self) {
        // SAFETY: the session is open, and nothing uses it afterwards.
        unsafe { ffi::tonearm_close(self.session.as_ptr()) };
    }
}
