//! The file: one reader shared by several cursors, each with its own position and a small
//! read-ahead.
//!
//! One cursor reads each sample table of an MP4 alongside the audio, so no table is loaded
//! into memory. Failures of the reader are stored here to distinguish them from content
//! that ends too early: libraries report both as the same `io::Error`.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{FileError, Limit, Result};

/// Read-ahead of one cursor: a thousand table entries, a dozen AAC packets.
const READ_AHEAD: usize = 4096;

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

struct Shared {
    reader: Box<dyn ReadSeek>,
    /// Position of the reader; unknown after a failure.
    at: Option<u64>,
    failure: Option<io::Error>,
}

/// A cursor over the file. Clones share the reader, not the position.
pub struct Input {
    shared: Arc<Mutex<Shared>>,
    len: u64,
    pos: u64,
    ahead: Vec<u8>,
    ahead_at: u64,
    /// Items counted by this cursor and its clones, and their limit.
    items: Arc<AtomicU64>,
    max_items: u64,
}

impl Clone for Input {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            len: self.len,
            pos: self.pos,
            ahead: Vec::new(),
            ahead_at: 0,
            items: Arc::clone(&self.items),
            max_items: self.max_items,
        }
    }
}

impl Input {
    /// Wraps a reader and determines its length.
    pub fn new(mut reader: impl Read + Seek + Send + 'static) -> Result<Self> {
        let len = reader.seek(SeekFrom::End(0)).map_err(FileError::Read)?;
        let shared = Shared {
            reader: Box::new(reader),
            at: Some(len),
            failure: None,
        };
        Ok(Self {
            shared: Arc::new(Mutex::new(shared)),
            len,
            pos: 0,
            ahead: Vec::new(),
            ahead_at: 0,
            items: Arc::default(),
            max_items: u64::MAX,
        })
    }

    /// A clone that counts from zero, up to `max_items`.
    pub fn counting(&self, max_items: u64) -> Self {
        Self {
            items: Arc::default(),
            max_items,
            ..self.clone()
        }
    }

    /// Starts counting from zero again, for all clones that count together.
    pub fn reset_items(&self) {
        self.items.store(0, Ordering::Relaxed);
    }

    /// Counts a box, an element or a table entry against the limit.
    pub fn count_item(&self) -> Result<()> {
        match self.items.fetch_add(1, Ordering::Relaxed) < self.max_items {
            true => Ok(()),
            false => Err(FileError::OverLimit {
                what: Limit::Items,
                limit: self.max_items,
            }),
        }
    }

    /// Length of the file in bytes.
    #[expect(clippy::len_without_is_empty, reason = "no caller needs `is_empty`")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Position of this cursor.
    pub fn pos(&self) -> u64 {
        self.pos
    }

    /// Moves this cursor; a position past the end reads as the end.
    pub fn set_pos(&mut self, pos: u64) {
        self.pos = pos;
    }

    /// Takes the failure of the reader that any cursor met.
    pub fn take_failure(&self) -> Option<FileError> {
        self.lock().failure.take().map(FileError::Read)
    }

    /// The cause of an error that symphonia or `read_exact` returned.
    pub fn explain(&self, detail: &'static str) -> FileError {
        self.take_failure().unwrap_or(FileError::Damaged { detail })
    }

    /// Fills `buf` from this cursor's position.
    pub fn fill(&mut self, buf: &mut [u8]) -> Result<()> {
        self.read_exact(buf)
            .map_err(|_| self.explain("it ends too early"))
    }

    /// Reads a fixed number of bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut buf = [0; N];
        self.fill(&mut buf)?;
        Ok(buf)
    }

    /// Replaces `buf` with the next `len` bytes. Never allocates more than the
    /// file holds.
    pub fn fill_vec(&mut self, buf: &mut Vec<u8>, len: u64) -> Result<()> {
        let left = self.len.saturating_sub(self.pos);
        let (Ok(size), true) = (usize::try_from(len), len <= left) else {
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        };
        buf.clear();
        buf.resize(size, 0);
        self.fill(buf)
    }

    /// Up to `len` bytes from `pos`, fewer at the end of the file. Keeps the position.
    pub fn peek(&mut self, pos: u64, len: usize) -> Result<Vec<u8>> {
        let here = self.pos;
        self.pos = pos;
        let mut bytes = Vec::new();
        let left = self.len.saturating_sub(pos).min(len as u64);
        let outcome = self.fill_vec(&mut bytes, left);
        self.pos = here;
        outcome.map(|()| bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One read of the reader at this cursor's position.
    fn read_through(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.pos)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        if wanted == 0 {
            return Ok(0);
        }
        let pos = self.pos;
        let mut guard = self.lock();
        let shared = &mut *guard;
        let outcome = (|| {
            if shared.at != Some(pos) {
                shared.reader.seek(SeekFrom::Start(pos))?;
            }
            loop {
                match shared.reader.read(&mut buf[..wanted]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // A reader that ends before its own length has failed; the file is
                    // not damaged.
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    outcome => return outcome,
                }
            }
        })();
        match outcome {
            Ok(count) => {
                shared.at = Some(pos + count as u64);
                drop(guard);
                self.pos += count as u64;
                Ok(count)
            }
            Err(error) => {
                shared.at = None;
                let kind = error.kind();
                shared.failure.get_or_insert(error);
                Err(kind.into())
            }
        }
    }
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let offset = self.pos.wrapping_sub(self.ahead_at);
        if self.pos < self.ahead_at || offset >= self.ahead.len() as u64 {
            if buf.len() >= READ_AHEAD {
                return self.read_through(buf);
            }
            let mut ahead = std::mem::take(&mut self.ahead);
            ahead.resize(READ_AHEAD, 0);
            let at = self.pos;
            let outcome = self.read_through(&mut ahead);
            self.pos = at;
            ahead.truncate(*outcome.as_ref().unwrap_or(&0));
            self.ahead = ahead;
            self.ahead_at = at;
            outcome?;
        }
        let offset = usize::try_from(self.pos - self.ahead_at).unwrap_or(usize::MAX);
        let ready = self.ahead.get(offset..).unwrap_or_default();
        let count = ready.len().min(buf.len());
        buf[..count].copy_from_slice(&ready[..count]);
        self.pos += count as u64;
        Ok(count)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let pos = match to {
            SeekFrom::Start(pos) => Some(pos),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.pos.checked_add_signed(by),
        };
        self.pos = pos.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.pos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn cursors_are_independent() {
        let bytes: Vec<u8> = (0..10_000u32).map(|i| i as u8).collect();
        let mut one = Input::new(Cursor::new(bytes.clone())).unwrap();
        let mut two = one.clone();
        one.set_pos(9_000);
        assert_eq!(one.array::<4>().unwrap(), bytes[9_000..9_004]);
        assert_eq!(two.array::<4>().unwrap(), bytes[..4]);
        assert_eq!(one.array::<4>().unwrap(), bytes[9_004..9_008]);
        let mut long = Vec::new();
        two.fill_vec(&mut long, 9_000).unwrap();
        assert_eq!(long, bytes[4..9_004]);
    }

    #[test]
    fn an_early_end_is_damage_and_a_failing_reader_is_not() {
        let mut short = Input::new(Cursor::new(vec![0; 3])).unwrap();
        assert_eq!(short.array::<4>().unwrap_err().code(), "damaged_media");

        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the store is locked"))
            }
        }
        impl Seek for Broken {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(100)
            }
        }
        let mut broken = Input::new(Broken).unwrap();
        let error = broken.array::<4>().unwrap_err();
        assert_eq!(error.code(), "media_read_failed");
        assert!(!error.is_permanent());
    }

    #[test]
    fn a_claimed_length_beyond_the_file_allocates_nothing() {
        let mut input = Input::new(Cursor::new(vec![0; 100])).unwrap();
        let mut buf = Vec::new();
        assert!(input.fill_vec(&mut buf, u64::MAX).is_err());
        assert_eq!(buf.capacity(), 0);
    }
}
