//! MP3 streams, as they are copied, joined and tagged. Nothing here decodes audio.
//!
//! ```text
//! bytes ──▶ Scanner ──────▶ frames ──▶ FrameIndex ──▶ xing::frame
//!           FrameSplitter                             Id3Tag
//! ```
//!
//! A new file is an ID3 tag, a Xing frame, and frames. The first two depend on all frames,
//! so they are written last, into space left for them.
//!
//! | file | what |
//! |---|---|
//! | `frame_header.rs` | headers of MPEG audio frames |
//! | `scanner.rs` | frames in a stream that may contain anything else |
//! | `splitter.rs` | frames in a stream that contains nothing else |
//! | `reservoir.rs` | packs independent frames with a bit reservoir |
//! | `frame_index.rs` | what a Xing frame needs of all frames |
//! | `xing.rs` | the Xing frame with LAME's extension |
//! | `crc16.rs` | the checksum of that extension |
//! | `id3_writer.rs` | the ID3 tag |
//! | `id3_chapters.rs` | its chapters |

mod crc16;
mod frame_header;
mod frame_index;
mod id3_chapters;
mod id3_writer;
mod reservoir;
mod scanner;
mod splitter;
pub mod xing;

pub use frame_header::{FrameHeader, samples_per_frame};
pub use frame_index::FrameIndex;
pub use id3_chapters::ChapterMark;
pub use id3_writer::{CoverArt, Id3Error, Id3Fields, Id3Tag};
pub use reservoir::Reservoir;
pub use scanner::{Scan, Scanner};
pub use splitter::{FrameSplitter, NotMp3};
