//! Streams that are cut and joined.

use tonearm_e2e::plugin::{Plugin, Settings};

use crate::support::{busy, settings};

/// Where the bytes of each frame of an MP3 are.
fn frames(stream: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let length = frame_length(rest);
        frames.push(&rest[..length]);
        rest = &rest[length..];
    }
    frames
}

/// ISO/IEC 11172-3, 2.4.1.3, and 13818-3.
fn frame_length(frame: &[u8]) -> usize {
    assert!(
        frame[0] == 0xff && frame[1] & 0xe6 == 0xe2,
        "no frame of layer III"
    );
    let is_mpeg1 = frame[1] & 0x18 == 0x18;
    let kbits: [usize; 15] = if is_mpeg1 {
        [
            0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ]
    } else {
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
    };
    let rate = [44_100, 48_000, 32_000][usize::from(frame[2] >> 2 & 3)];
    let rate = match frame[1] & 0x18 {
        0x18 => rate,
        0x10 => rate / 2,
        _ => rate / 4,
    };
    let samples = if is_mpeg1 { 1152 } else { 576 };
    samples / 8 * 1000 * kbits[usize::from(frame[2] >> 4)] / rate + usize::from(frame[2] >> 1 & 1)
}

pub fn segments_join_to_what_was_never_cut(plugin: &mut Plugin) {
    let Some(lead_in) = plugin.describe().lead_in else {
        // It refuses to try, which `settings` looks at.
        return;
    };
    for (rate, channels) in [(44_100, 2), (48_000, 1), (22_050, 2)] {
        let settings = Settings {
            independent_frames: true,
            ..settings(rate, channels)
        };
        let spf = if rate >= 32_000 { 1152 } else { 576 };
        let (total, segment) = (120, 40);
        let pcm = busy(&settings, total * spf);
        let (whole, ending) = plugin.encode(&settings, &pcm);
        assert!(ending.header.is_empty(), "a part has no header");
        let whole = frames(&whole);

        let mut joined: Vec<Vec<u8>> = Vec::new();
        for start in (0..total).step_by(segment) {
            // Sound from the lead-in to some frames after the end, which the encoder
            // looks ahead to.
            let from = start.saturating_sub(lead_in as usize);
            let to = (start + segment + 4).min(total);
            let samples = spf * usize::from(channels);
            let (part, _) = plugin.encode(&settings, &pcm[from * samples..to * samples]);
            let part = frames(&part);
            let part = &part[start - from..];
            let length = if to == total { part.len() } else { segment };
            joined.extend(part[..length].iter().map(|frame| frame.to_vec()));
        }
        assert_eq!(joined.len(), whole.len(), "{settings:?}");
        for (n, (joined, whole)) in joined.iter().zip(&whole).enumerate() {
            assert!(joined == whole, "{settings:?}: frame {n} differs");
        }
    }
}
