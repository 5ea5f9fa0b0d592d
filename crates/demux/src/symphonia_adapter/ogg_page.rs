//! Detects truncated Ogg files.

use tonearm_media_core::{Input, Result};

/// Whether the last page of an Ogg file (RFC 3533, section 6) is longer than the file.
pub(super) fn ends_within_a_page(input: &mut Input) -> Result<bool> {
    const HEADER: usize = 27;
    let max = HEADER + 255 + 255 * 255;
    let tail = input.peek(input.len().saturating_sub(max as u64), max)?;
    let last = tail.windows(4).rposition(|bytes| bytes == b"OggS");
    let Some(page) = last.and_then(|at| tail.get(at..)) else {
        return Ok(false);
    };
    let segments = page.get(HEADER - 1).map_or(0, |&count| usize::from(count));
    let Some(table) = page.get(HEADER..HEADER + segments) else {
        return Ok(true);
    };
    let body: usize = table.iter().map(|&length| usize::from(length)).sum();
    Ok(page.len() < HEADER + segments + body)
}
