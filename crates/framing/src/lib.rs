//! Splits elementary streams into packets, where the container does not delimit them.
//!
//! ```text
//! container ──ElementarySource──▶ FramedDemuxer ──▶ packets
//!             bytes of the track  Framer: finds frames by their headers,
//!                                 or takes blocks of a fixed size
//! ```
//!
//! | file | contents |
//! |---|---|
//! | `stream.rs` | the demuxer of such a track, and the trait that its container implements |
//! | `framer.rs` | the framings |
//! | `frame.rs` | one representation of the frame headers of all codecs |
//! | `frame_header.rs` | headers of MPEG audio and ADTS |
//! | `latm.rs` | AAC in LATM and LOAS |
//! | `lpcm/` | PCM on DVDs and Blu-ray discs, and in SMPTE 302M |

pub mod frame;
pub mod frame_header;
pub mod framer;
pub mod latm;
pub mod lpcm;
pub mod stream;
