//! The MP3 encoder: LAME behind `tonearm:audio/encoder` (`wit/audio`).
//!
//! A leaf: PCM in, MP3 frames out, and no way to reach anything else. The C
//! code and its licence stay inside this one replaceable component.
//!
//! | file | what |
//! |---|---|
//! | `settings.rs` | which settings MP3 has, and what is wrong with others |
//! | `session.rs` | the contract: blocks, endings, errors |
//! | `lame.rs` | all that is unsafe: calls of LAME |
//! | `component.rs` | the exports, in WebAssembly only |

#[cfg(target_family = "wasm")]
mod component;
mod lame;
mod session;
mod settings;

pub use session::{BlockError, Ending, LameError, OpenError, Session};
pub use settings::{
    CHANNELS, EFFORTS, LEAD_IN, MAX_BLOCK, QUALITIES, RateControl, SAMPLE_RATES, Settings,
    SettingsError, bitrates,
};

/// Name and version of the encoder.
pub fn name() -> String {
    lame::version()
}
