//! Files of any size in a key-value store that offers only get, set, delete and exists.
//!
//! A blob is a manifest and numbered chunks ([`keys`] defines their names). The chunks are
//! written in order and the manifest last, so a half-written blob cannot be opened. Its
//! chunks are contiguous from zero, so they can be deleted without listing the keys of the
//! store, which is slow in large stores.
//!
//! A store returns whole chunks only. A [`SplitWriter`] puts the video of a media file into
//! chunks of its own, so that reading the audio does not fetch it. A reader returns the same
//! bytes either way.
//!
//! A [`SplitWriter`] that reports [checkpoints](SplitWriter::checkpoint) can be interrupted. The
//! next writer continues its chunks, or, if it may still be running, writes a *piece* of
//! another name. [`assemble()`] makes the pieces one blob, each cut at its last checkpoint.
//!
//! ```
//! use std::io::Read;
//! use tonearm_blobs::{BlobName, Reader, Writer, memory::MemoryStore};
//!
//! let store = MemoryStore::default();
//! let name = BlobName::new("video/1").unwrap();
//! let mut writer = Writer::new(&store, name.clone(), 4);
//! writer.write(b"hello world")?;
//! writer.finish("text/plain")?;
//!
//! let mut text = String::new();
//! Reader::open(&store, name)?.unwrap().read_to_string(&mut text).unwrap();
//! assert_eq!(text, "hello world");
//! # Ok::<(), tonearm_blobs::BlobError>(())
//! ```

mod assemble;
mod checkpoint;
mod chunk_writer;
mod delete;
mod error;
mod extent_lists;
mod extents;
mod garbage_collection;
pub mod keys;
mod manifest;
pub mod memory;
mod name;
mod piece;
mod reader;
mod split_writer;
mod store;
mod writer;

pub use assemble::{StoredPiece, assemble};
pub use checkpoint::SplitCheckpoint;
pub use delete::delete;
pub use error::BlobError;
pub use extents::MAX_EXTENTS;
pub use garbage_collection::collect_garbage;
pub use manifest::{MAX_PARTS, Manifest, Part};
pub use name::BlobName;
pub use reader::Reader;
pub use split_writer::SplitWriter;
pub use store::Store;
pub use writer::Writer;
