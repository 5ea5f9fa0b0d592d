//! Real files against ffmpeg's own decode of them.

mod formats;
mod listen;
mod make;
