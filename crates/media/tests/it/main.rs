//! Real files against ffmpeg's own decode of them.

mod damage;
mod formats;
mod he_aac;
mod hostile;
mod listen;
mod make;
mod sentences;
mod timing;
