//! The names of the items of a list of metadata (QuickTime File Format, "Metadata Item Keys
//! Atom"), as phones and ffmpeg's `use_metadata_tags` write them.

use tonearm_media_core::{Input, Result};

use super::boxes::Bx;

/// Most names; phones write about ten.
const MAX_KEYS: usize = 256;
/// Longest name that is known, with its size and its namespace.
const MAX_NAME: usize = 64;
/// Bytes of the size and the namespace of a name.
const HEADER: u64 = 8;

/// Reads a `keys` box: for each name the item of iTunes with the same meaning.
pub(super) fn read(input: &mut Input, keys: Bx) -> Result<Vec<Option<[u8; 4]>>> {
    let mut found = Vec::new();
    // Version, flags and the number of names.
    let mut at = keys.body.saturating_add(8);
    while found.len() < MAX_KEYS && at.saturating_add(HEADER) <= keys.end {
        let entry = input.peek(at, MAX_NAME)?;
        let Some(&size) = entry.first_chunk() else {
            break;
        };
        let size = u64::from(u32::from_be_bytes(size));
        if size < HEADER || at + size > keys.end {
            break;
        }
        let name = usize::try_from(size)
            .ok()
            .and_then(|size| entry.get(8..size));
        found.push(name.and_then(item_of));
        at += size;
    }
    Ok(found)
}

/// The item of iTunes with the meaning of a name.
fn item_of(name: &[u8]) -> Option<[u8; 4]> {
    const APPLE: &[u8] = b"com.apple.quicktime.";
    Some(*match name.strip_prefix(APPLE).unwrap_or(name) {
        b"title" | b"displayname" => b"\xa9nam",
        b"artist" => b"\xa9ART",
        b"album" => b"\xa9alb",
        b"comment" => b"\xa9cmt",
        b"date" | b"year" => b"\xa9day",
        _ => return None,
    })
}

/// The item with the meaning of the one that is named by a number, from one.
pub(super) fn kind(keys: &[Option<[u8; 4]>], number: [u8; 4]) -> Option<[u8; 4]> {
    let index = usize::try_from(u32::from_be_bytes(number))
        .ok()?
        .checked_sub(1)?;
    keys.get(index).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn names_are_mapped_and_sizes_are_checked() {
        let names: [&[u8]; 3] = [
            b"com.apple.quicktime.location.ISO6709",
            b"com.apple.quicktime.title",
            b"artist",
        ];
        let mut bytes = vec![0, 0, 0, 0, 0, 0, 0, 4];
        for name in names {
            bytes.extend((name.len() as u32 + 8).to_be_bytes());
            bytes.extend(b"mdta");
            bytes.extend(name);
        }
        // A name that ends after the box.
        bytes.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
        let keys = Bx {
            kind: *b"keys",
            start: 0,
            body: 0,
            end: bytes.len() as u64,
            is_truncated: false,
        };
        let mut input = Input::new(Cursor::new(bytes)).unwrap();
        let found = read(&mut input, keys).unwrap();
        assert_eq!(found, [None, Some(*b"\xa9nam"), Some(*b"\xa9ART")]);
        assert_eq!(kind(&found, [0, 0, 0, 2]), Some(*b"\xa9nam"));
        for other in [0, 1, 4, u32::MAX] {
            assert_eq!(kind(&found, other.to_be_bytes()), None);
        }
    }
}
