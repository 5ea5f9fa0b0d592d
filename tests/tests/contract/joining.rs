//! Streams that are encoded in segments and joined.

use tonearm_e2e::plugin::{Plugin, Settings};

use crate::support::{busy, settings};

/// The frames of an MP3 stream.
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
        "not a frame of layer III"
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

pub fn joined_segments_equal_the_whole(plugin: &mut Plugin) {
    let Some(lead_in) = plugin.describe().lead_in else {
        // `settings` tests that it refuses independent frames.
        return;
    };
    for (rate, channels) in [(44_100, 2), (48_000, 1), (22_050, 2)] {
        let settings = Settings {
            independent_frames: true,
            ..settings(rate, channels)
        };
        let frame_samples = if rate >= 32_000 { 1152 } else { 576 };
        let (total, segment) = (120, 40);
        let pcm = busy(&settings, total * frame_samples);
        let (whole, ending) = plugin.encode(&settings, &pcm);
        assert!(ending.header.is_empty(), "a segment has no header");
        let whole = frames(&whole);

        let mut joined: Vec<Vec<u8>> = Vec::new();
        for start in (0..total).step_by(segment) {
            // From the lead-in to some frames after the end, for the encoder's look-ahead.
            let from = start.saturating_sub(lead_in as usize);
            let to = (start + segment + 4).min(total);
            let samples = frame_samples * usize::from(channels);
            let (encoded, _) = plugin.encode(&settings, &pcm[from * samples..to * samples]);
            let encoded = frames(&encoded);
            let own = &encoded[start - from..];
            let length = if to == total { own.len() } else { segment };
            joined.extend(own[..length].iter().map(|frame| frame.to_vec()));
        }
        assert_eq!(joined.len(), whole.len(), "{settings:?}");
        for (n, (joined, whole)) in joined.iter().zip(&whole).enumerate() {
            assert!(joined == whole, "{settings:?}: frame {n} differs");
        }
    }
}
