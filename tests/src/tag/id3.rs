//! Text frames of ID3v2.3 and ID3v2.4.

use std::collections::BTreeMap;

/// Length of the tag's header.
const HEADER: usize = 10;

/// The text frames of a tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Id3 {
    /// 3 or 4, of ID3v2.3 or ID3v2.4.
    pub version: u8,
    /// Text by frame name, such as `TIT2`.
    pub text: BTreeMap<String, String>,
    /// Length of the tag in bytes, including its header.
    pub len: usize,
}

impl Id3 {
    /// The tag at the start of a file.
    pub fn of(file: &[u8]) -> Option<Self> {
        let header = file
            .get(..HEADER)
            .filter(|header| header.starts_with(b"ID3"))?;
        let version = header[3];
        assert!(
            matches!(version, 3 | 4),
            "ID3v2.{version} is not supported by all players"
        );
        assert_eq!(header[5], 0, "the header must have no flags");
        let len = HEADER + synchsafe(&header[6..10]);
        let mut tag = Self {
            version,
            text: BTreeMap::new(),
            len,
        };
        let mut frames = file
            .get(HEADER..len)
            .expect("the tag must not be truncated");
        while let Some((name, content, rest)) = frame(version, frames) {
            if name.starts_with('T') {
                tag.text.insert(name, text(content));
            }
            frames = rest;
        }
        assert!(
            frames.iter().all(|byte| *byte == 0),
            "only padding may follow the frames"
        );
        Some(tag)
    }
}

/// The next frame: its name, its content, and the rest.
fn frame(version: u8, bytes: &[u8]) -> Option<(String, &[u8], &[u8])> {
    let header = bytes.get(..HEADER).filter(|header| header[0] != 0)?;
    let len = match version {
        3 => u32::from_be_bytes(header[4..8].try_into().expect("four bytes")) as usize,
        _ => synchsafe(&header[4..8]),
    };
    let name = str::from_utf8(&header[..4])
        .expect("a frame has a name")
        .to_owned();
    let (content, rest) = bytes[HEADER..]
        .split_at_checked(len)
        .expect("a frame must end within its tag");
    Some((name, content, rest))
}

/// Decodes seven bits per byte; no byte can look like the start of an MP3 frame.
fn synchsafe(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |sum, byte| {
        assert!(*byte < 0x80, "a synchsafe byte has seven bits");
        sum << 7 | usize::from(*byte)
    })
}

fn text(content: &[u8]) -> String {
    let (encoding, bytes) = content
        .split_first()
        .expect("a text frame names its encoding");
    let text = match encoding {
        0 => bytes.iter().copied().map(char::from).collect(),
        1 => utf16(bytes),
        3 => String::from_utf8(bytes.into()).expect("text declared as UTF-8"),
        other => panic!("unexpected text encoding {other}"),
    };
    text.trim_end_matches('\0').to_owned()
}

fn utf16(bytes: &[u8]) -> String {
    let (mark, rest) = bytes.split_at_checked(2).expect("a byte order mark");
    let unit: fn([u8; 2]) -> u16 = if mark == [0xff, 0xfe] {
        u16::from_le_bytes
    } else {
        u16::from_be_bytes
    };
    let units: Vec<u16> = rest
        .chunks_exact(2)
        .map(|pair| unit([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).expect("text declared as UTF-16")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_frames_are_read() {
        let title = b"TIT2\0\0\0\x05\0\0\x03na\xc3\xaf";
        let length = b"TLEN\0\0\0\x05\0\0\x003000";
        let mut file = b"ID3\x04\0\0\0\0\0\x22".to_vec();
        file.extend_from_slice(title);
        file.extend_from_slice(length);
        file.extend_from_slice(&[0; 4]);
        file.extend_from_slice(&[0xff, 0xfb]);
        let tag = Id3::of(&file).unwrap();
        assert_eq!(tag.len, file.len() - 2);
        assert_eq!(tag.text["TIT2"], "naï");
        assert_eq!(tag.text["TLEN"], "3000");
    }

    #[test]
    fn a_file_may_have_no_tag() {
        assert_eq!(Id3::of(&[0xff, 0xfb, 0x90, 0x64]), None);
    }
}
