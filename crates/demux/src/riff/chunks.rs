//! RIFF chunks: an id of four characters, a length, and that many bytes.

use tonearm_media_core::{Input, Result};

/// A chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk {
    pub(crate) id: [u8; 4],
    /// First four bytes of the body: the type of a list.
    pub(crate) form: [u8; 4],
    /// Start of the body.
    pub(crate) body: u64,
    /// Stated end of the body, which may lie beyond the end of the file.
    pub(crate) end: u64,
}

/// Maximum number of bytes to read of a chunk.
const MAX_CHUNK: u64 = 64 << 10;

/// The chunk at `at`; `None` if the file ends before the end of its header.
pub(crate) fn chunk(input: &mut Input, at: u64) -> Result<Option<Chunk>> {
    if input.len().saturating_sub(at) < 8 {
        return Ok(None);
    }
    input.count_item()?;
    input.set_pos(at);
    let [i0, i1, i2, i3, s0, s1, s2, s3] = input.array()?;
    let body = at + 8;
    let form = match input.len() - body {
        4.. => input.array()?,
        _ => [0; 4],
    };
    Ok(Some(Chunk {
        id: [i0, i1, i2, i3],
        form,
        body,
        end: body + u64::from(u32::from_le_bytes([s0, s1, s2, s3])),
    }))
}

impl Chunk {
    pub(crate) fn len(&self) -> u64 {
        self.end - self.body
    }

    /// Start of the next chunk: a chunk of odd length is padded.
    pub(crate) fn next(&self) -> u64 {
        self.end + self.len() % 2
    }

    /// The body, up to the end of the file and to [`MAX_CHUNK`].
    pub(crate) fn bytes(&self, input: &mut Input) -> Result<Vec<u8>> {
        let size = self.len().min(MAX_CHUNK);
        input.peek(self.body, usize::try_from(size).unwrap_or(0))
    }
}
