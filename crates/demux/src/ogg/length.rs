//! The position of the last page of a file.

use tonearm_media_core::{Input, Result};

/// Longest page.
const MAX_PAGE: usize = 27 + 255 + 255 * 255;

/// The last position of a logical stream within the last bytes of a file.
///
/// # Errors
/// `Read`.
pub(super) fn last_granule(input: &mut Input, serial: u32) -> Result<Option<i64>> {
    let start = input.len().saturating_sub(MAX_PAGE as u64);
    let tail = input.peek(start, MAX_PAGE)?;
    let mut end = tail.len();
    while let Some(at) = tail[..end].windows(4).rposition(|four| four == b"OggS") {
        let page = &tail[at..];
        let field = |from: usize| page.get(from..).and_then(<[u8]>::first_chunk::<4>);
        let granule = page.get(6..).and_then(<[u8]>::first_chunk::<8>);
        if let (Some(&granule), Some(&own)) = (granule, field(14)) {
            let granule = i64::from_le_bytes(granule);
            if u32::from_le_bytes(own) == serial && granule > 0 {
                return Ok(Some(granule));
            }
        }
        end = at + 3;
        if end < 4 {
            break;
        }
    }
    Ok(None)
}
