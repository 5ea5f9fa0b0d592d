//! Which bytes of a film are picture, told while it comes in.
//!
//! Who wants the sound of a film has no use for its pictures, which are nearly all of it.
//! Told apart when the film is stored, they can lie in a place of their own, so that
//! nobody has to fetch them with the sound between them.
//!
//! It is a guess. A container says what is what, but an MP4 often does so only at its
//! end, and then pictures are recognised by what they begin with. So nothing may depend
//! on it but where bytes are kept: a wrong guess makes reading slower, not wrong.
//!
//! | container | how pictures are found |
//! |---|---|
//! | MP4, MOV | H.264, H.265 and ProRes by their first bytes (`mp4.rs`, `coded.rs`, `known.rs`) |
//! | Matroska, WebM | by the number of the track (`matroska.rs`) |
//! | AVI | by the name of the chunk (`avi.rs`) |
//! | FLV | by the type of the tag (`flv.rs`) |
//!
//! Transport and program streams are left as they are: whoever wants their sound has to
//! look at every packet. Memory is a few kilobytes, whatever comes in.
//!
//! ```
//! use tonearm_video_split::{Kind, Pictures};
//!
//! # let film: &[&[u8]] = &[b"\0\0\0\x10ftypisom\0\0\0\0"];
//! let (mut rest, mut pictures) = (Vec::new(), Vec::new());
//! let mut told = Pictures::default();
//! for piece in film {
//!     told.push(piece, |kind, bytes| -> Result<(), ()> {
//!         match kind {
//!             Kind::Rest => rest.extend_from_slice(bytes),
//!             Kind::Picture => pictures.extend_from_slice(bytes),
//!         }
//!         Ok(())
//!     })?;
//! }
//! # assert_eq!((rest.len(), pictures.len()), (16, 0));
//! # Ok::<(), ()>(())
//! ```

mod avi;
mod coded;
mod flv;
mod format;
mod known;
mod matroska;
mod mp4;
mod pictures;

pub use pictures::{Kind, Pictures};

/// What is shorter than this is not told apart: to say where it is would take more than
/// to leave it with the rest.
pub const MIN_PICTURE: u64 = 16 << 10;
