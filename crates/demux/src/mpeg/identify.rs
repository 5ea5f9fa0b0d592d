//! Identifies the codec of an elementary stream by its first frames.

use tonearm_framing::frame::{self, Format, FrameInfo};
use tonearm_framing::framer::Framing;
use tonearm_framing::latm;
use tonearm_media_core::{Codec, frame_header::mlp};

/// Maximum offset of the first frame: more than the longest frame.
const MAX_OFFSET: usize = 8 << 10;
/// Consecutive frames of one format that identify a stream.
const FRAMES: usize = 4;

/// The codec of which [`FRAMES`] consecutive frames are found.
pub(super) fn identify_codec(bytes: &[u8]) -> Option<(Codec, Framing)> {
    (0..bytes.len().min(MAX_OFFSET)).find_map(|at| {
        let rest = bytes.get(at..)?;
        let kinds: &[Framing] = match rest {
            [0xff, ..] => &[Framing::Adts, Framing::Mpeg],
            [0x0b, 0x77, ..] => &[Framing::Ac3],
            [0x56, 0xe0..=0xff, ..] => &[Framing::Latm],
            [0x7f, 0xfe, 0x80, 0x01, ..] | [0x64, 0x58, 0x20, 0x25, ..] => &[Framing::Dts],
            [_, _, _, _, 0xf8, 0x72, 0x6f, 0xba | 0xbb, ..] => &[Framing::Mlp],
            _ => &[],
        };
        let known = |kind: &Framing| chain(kind, rest).map(|codec| (codec, kind.clone()));
        kinds.iter().find_map(known)
    })
}

/// The codec of the frames at the start of `bytes`, if there are [`FRAMES`] of them.
fn chain(kind: &Framing, bytes: &[u8]) -> Option<Codec> {
    let mut config = latm::Config::default();
    let mut sync = None;
    let mut format: Option<Format> = None;
    let mut at = 0;
    for _ in 0..FRAMES {
        let rest = bytes.get(at..)?;
        sync = mlp::major_sync(rest).or(sync);
        let head = match kind {
            Framing::Mlp => frame::mlp(rest, sync.as_ref())?,
            _ => head(kind, rest, &mut config)?,
        };
        if format.is_some() && format != head.format {
            return None;
        }
        at += head.length;
        format = head.format;
    }
    format.map(|format| format.codec)
}

fn head(kind: &Framing, bytes: &[u8], config: &mut latm::Config) -> Option<FrameInfo> {
    match kind {
        Framing::Adts => frame::adts(bytes),
        Framing::Mpeg => frame::mpeg(bytes),
        Framing::Ac3 => {
            let mut head = frame::ac3(bytes)?;
            head.length += frame::dependents(bytes, head.length);
            Some(head)
        }
        Framing::Dts => {
            let mut head = frame::dts(bytes)?;
            head.length += frame::dts_extensions(bytes, head.length, false)?;
            Some(head)
        }
        Framing::Latm => {
            let head = latm::frame_info(bytes, config)?;
            config.set(head.format.as_ref());
            Some(head)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` frames of MP3, with junk before them.
    fn mp3(count: usize) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xfb, 7, 7];
        for _ in 0..count {
            bytes.extend_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
            bytes.resize(bytes.len() + 413, 0);
        }
        bytes
    }

    #[test]
    fn only_consecutive_frames_identify_a_codec() {
        let codec = |bytes: &[u8]| identify_codec(bytes).map(|(codec, _)| codec);
        assert_eq!(codec(&mp3(4)), Some(Codec::Mp3));
        assert_eq!(codec(&mp3(3)), None);
        let mut broken = mp3(4);
        broken.remove(500);
        assert_eq!(codec(&broken), None);
        let ac3 = [0x0b, 0x77, 0, 0, 0x1e, 0x40, 0xe1, 0x00];
        let mut bytes = Vec::new();
        for frame in 1..=4 {
            bytes.extend_from_slice(&ac3);
            bytes.resize(1792 * frame, 0xff);
        }
        assert_eq!(codec(&bytes), Some(Codec::Ac3));
        assert_eq!(codec(&[0xff; 9000]), None);
    }
}
