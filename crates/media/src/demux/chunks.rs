//! Chunks of RIFF: four letters, a length, and that many bytes.

use crate::error::Result;
use crate::input::Input;

/// A chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) id: [u8; 4],
    /// First four bytes of the body: what a list is a list of.
    pub(super) form: [u8; 4],
    /// Where its bytes begin.
    pub(super) body: u64,
    /// Where they end by its own word, perhaps beyond the file.
    pub(super) end: u64,
}

/// Longest chunk that is read as a whole.
const MAX_CHUNK: u64 = 64 << 10;

/// The chunk at `at`; none where less than a header is left.
pub(super) fn chunk(input: &mut Input, at: u64) -> Result<Option<Chunk>> {
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
    pub(super) fn len(&self) -> u64 {
        self.end - self.body
    }

    /// Where the next one begins.
    pub(super) fn next(&self) -> u64 {
        self.end + self.end % 2
    }

    /// What it holds, as far as the file goes and within reason.
    pub(super) fn bytes(&self, input: &mut Input) -> Result<Vec<u8>> {
        let size = self.len().min(MAX_CHUNK);
        input.peek(self.body, usize::try_from(size).unwrap_or(0))
    }
}
