//! Files of any size in a key-value store that only knows get, set and delete.
//!
//! A blob is a manifest and numbered chunks ([`keys`] owns the names). Chunks
//! are written first and in order, the manifest last: a half-written blob is
//! no blob, and because its chunks are contiguous from zero they can be found
//! and deleted without a list of keys, which large stores are slow to give.
//!
//! Stores give whole chunks only. Where most of a blob is of no use to whoever reads it,
//! as pictures are to who wants the sound, it can be [set aside](SplitWriter::set_aside)
//! in chunks of its own. For a reader nothing changes but what it fetches.
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

mod chunks;
mod delete;
mod error;
pub mod keys;
mod manifest;
pub mod memory;
mod name;
mod reader;
mod runs;
mod split_writer;
mod store;
mod writer;

pub use delete::delete;
pub use error::BlobError;
pub use manifest::{Manifest, Part};
pub use name::BlobName;
pub use reader::Reader;
pub use runs::MAX_RUNS;
pub use split_writer::SplitWriter;
pub use store::Store;
pub use writer::Writer;
