//! Removes metadata from pictures: the position of a camera and its serial number are in
//! Exif, and they must not reach the MP3.

use crate::location;

/// A picture without its metadata; `None` if it may contain metadata that cannot be removed.
pub(crate) fn without_metadata(bytes: Vec<u8>) -> Option<Vec<u8>> {
    let stripped = match bytes.as_slice() {
        [0xff, 0xd8, ..] => jpeg(&bytes),
        _ => png(&bytes),
    };
    match stripped {
        Some(stripped) => Some(stripped),
        // The structure is damaged.
        None => (!mentions_metadata(&bytes)).then_some(bytes),
    }
}

fn mentions_metadata(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [b"Exif", b"ns.adobe.com", b"eXIf", b"tEXt", b"iTXt", b"zTXt"];
    let has = |mark: &[u8]| bytes.windows(mark.len()).any(|part| part == mark);
    marks.into_iter().any(has)
}

/// JPEG (ITU-T T.81, B.1): keeps the application segments JFIF, ICC profile and Adobe, which
/// determine the colours, and drops the others and what follows the image. For comments, the
/// rule for the texts of the tag holds.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = bytes.get(..2)?.to_vec();
    let mut rest = bytes.get(2..)?;
    loop {
        let (&[0xff, marker, high, low], _) = rest.split_first_chunk()? else {
            return None;
        };
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        if length < 4 {
            return None;
        }
        let (segment, after) = rest.split_at_checked(length)?;
        let body = segment.get(4..)?;
        let is_kept = match marker {
            0xe0 | 0xee => true,
            0xe2 => body.starts_with(b"ICC_PROFILE"),
            0xe1..=0xef => false,
            0xfe => str::from_utf8(body).is_ok_and(|text| !location::is_in(text)),
            _ => true,
        };
        if is_kept {
            kept.extend_from_slice(segment);
        }
        rest = after;
        // The coded image follows. Within it, 0xff is never followed by the code of the end.
        if marker == 0xda {
            let end = rest.windows(2).position(|two| two == [0xff, 0xd9]);
            kept.extend_from_slice(end.map_or(rest, |end| &rest[..end + 2]));
            return Some(kept);
        }
    }
}

/// PNG (ISO/IEC 15948, 5.3): drops texts, Exif and the time of the last change, and what
/// follows the image.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = bytes.get(..8)?.to_vec();
    let mut rest = bytes.get(8..)?;
    loop {
        let (&[l0, l1, l2, l3, k0, k1, k2, k3], _) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).ok()?;
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind = [k0, k1, k2, k3];
        if !matches!(&kind, b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" | b"tIME") {
            kept.extend_from_slice(chunk);
        }
        if &kind == b"IEND" {
            return Some(kept);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], &length[..], body].concat()
    }

    fn chunk(kind: &[u8], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32).to_be_bytes(), kind, body, b"CRC."].concat()
    }

    #[test]
    fn a_jpeg_loses_its_metadata_and_keeps_its_colours() {
        let start = vec![0xff, 0xd8];
        let image = [segment(0xda, b"scan"), vec![1, 0xff, 0, 2, 0xff, 0xd9]].concat();
        let parts = [
            segment(0xe0, b"JFIF\0"),
            segment(0xe2, b"ICC_PROFILE\0"),
            segment(0xee, b"Adobe"),
            segment(0xfe, b"Lavc"),
        ];
        let dropped = [
            segment(0xe1, b"Exif\0\0GPS"),
            segment(0xed, b"Photoshop"),
            segment(0xfe, b"+37.3349-122.0090/"),
        ];
        let clean = [start.clone(), parts.concat(), image.clone()].concat();
        let dirty = [
            start,
            parts.concat(),
            dropped.concat(),
            image,
            b"trailer GPS".to_vec(),
        ];
        assert_eq!(without_metadata(dirty.concat()), Some(clean.clone()));
        assert_eq!(without_metadata(clean.clone()), Some(clean));
    }

    #[test]
    fn a_png_loses_its_metadata() {
        let start = b"\x89PNG\r\n\x1a\n".to_vec();
        let image = [chunk(b"IHDR", b"size"), chunk(b"IDAT", b"data")].concat();
        let dropped = [
            chunk(b"tEXt", b"GPS"),
            chunk(b"eXIf", b"GPS"),
            chunk(b"tIME", b"now"),
        ];
        let end = chunk(b"IEND", b"");
        let clean = [start.clone(), image.clone(), end.clone()].concat();
        let dirty = [start, image, dropped.concat(), end, b"trailer".to_vec()].concat();
        assert_eq!(without_metadata(dirty), Some(clean));
    }

    #[test]
    fn a_damaged_picture_with_metadata_is_left_out() {
        let damaged = b"\xff\xd8\xff\xe1\0\x20Exif\0\0".to_vec();
        assert_eq!(without_metadata(damaged), None);
        let harmless = b"\xff\xd8\xff\xe0".to_vec();
        assert_eq!(without_metadata(harmless.clone()), Some(harmless));
    }
}
