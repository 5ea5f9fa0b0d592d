//! Chunks of RIFF: four letters, a length, and that many bytes.

use tonearm_media_core::{Input, Result};

/// A chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk {
    pub(crate) id: [u8; 4],
    /// First four bytes of the body: what a list is a list of.
    pub(crate) form: [u8; 4],
    /// Where its bytes begin.
    pub(crate) body: u64,
    /// Where they end by its own word, perhaps beyond the file.
    pub(crate) end: u64,
}

/// Longest chunk that is read as a whole.
const MAX_CHUNK: u64 = 64 << 10;

/// The chunk at `at`; none where less than a header is left.
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

    /// Where the next one begins.
    pub(crate) fn next(&self) -> u64 {
        self.end + self.end % 2
    }

    /// What it holds, as far as the file goes and within reason.
    pub(crate) fn bytes(&self, input: &mut Input) -> Result<Vec<u8>> {
        let size = self.len().min(MAX_CHUNK);
        input.peek(self.body, usize::try_from(size).unwrap_or(0))
    }
}
