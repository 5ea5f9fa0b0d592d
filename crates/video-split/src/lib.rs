//! Separates the video frames of a media file from its other bytes while it streams in.
//!
//! Video makes up nearly all of a media file, and extracting the audio never needs it.
//! Storing video in chunks of its own spares the reader from fetching it along with the
//! audio in between.
//!
//! Classification is a heuristic. An MP4 often has its index at the end, so its frames are
//! recognised by their first bytes. A wrong guess only makes reads slower, never incorrect:
//! nothing but the storage location may depend on it.
//!
//! | container | how video is identified |
//! |---|---|
//! | MP4, MOV | H.264, H.265 and ProRes by the first bytes of a frame (`mp4.rs`, `frame_start.rs`, `frame_filter.rs`) |
//! | Matroska, WebM | by track number (`matroska.rs`) |
//! | AVI | by chunk id (`avi.rs`) |
//! | FLV | by tag type (`flv.rs`) |
//!
//! MPEG transport and program streams are not split: extracting their audio means reading
//! every packet anyway. Memory use is a few kilobytes for any input.
//!
//! An upload may be interrupted: the state of the classifier is serializable, and a file that
//! is continued with it is split like any other.
//!
//! ```
//! use tonearm_video_split::{Kind, VideoClassifier};
//!
//! # let upload: &[&[u8]] = &[b"\0\0\0\x10ftypisom\0\0\0\0"];
//! let (mut other, mut video) = (Vec::new(), Vec::new());
//! let mut classifier = VideoClassifier::default();
//! for piece in upload {
//!     classifier.push(piece, |kind, bytes| -> Result<(), ()> {
//!         match kind {
//!             Kind::Other => other.extend_from_slice(bytes),
//!             Kind::Video => video.extend_from_slice(bytes),
//!         }
//!         Ok(())
//!     })?;
//! }
//! # assert_eq!((other.len(), video.len()), (16, 0));
//! # Ok::<(), ()>(())
//! ```

mod any_format;
mod avi;
mod classifier;
mod flv;
mod format;
mod frame_filter;
mod frame_start;
mod kept_state;
mod kind;
mod matroska;
mod mp4;
mod probe;

pub use classifier::VideoClassifier;
pub use kind::{Kind, MIN_VIDEO_BYTES};
