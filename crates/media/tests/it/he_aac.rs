//! HE-AAC, which may be signalled late or not at all, and must never be decoded at half its
//! rate. ffmpeg has no encoder for it, so `syom` generates the files.

use std::fs;
use std::path::Path;

use syom::{EncodeOptions, encode_with};

use tonearm_test_tools::require_tool;

use crate::require_libavcodec;

use crate::decoding::{decode_file, snr};
use crate::fixtures::{Fixtures, ffmpeg_decode};

fn audio() -> Vec<Vec<f32>> {
    (0..2)
        .map(|channel| {
            let step = std::f32::consts::TAU * (400.0 + 200.0 * channel as f32) / 48_000.0;
            (0..150_000)
                .map(|n| 0.4 * (n as f32 * step).sin())
                .collect()
        })
        .collect()
}

fn check(path: &Path, min_snr: f64) {
    let name = path.file_name().unwrap();
    let decoded = decode_file(path).unwrap();
    assert_eq!(
        (decoded.info.sample_rate, decoded.info.channels),
        (48_000, 2),
        "{name:?}"
    );
    assert_eq!(decoded.concealed, 0);
    let level = decoded.tone(0, 400.0);
    assert!((0.3..0.5).contains(&level), "{name:?}: {level}");
    let reference = ffmpeg_decode(path);
    // ffmpeg may count the delay of SBR otherwise, so the best offset counts.
    let best = (0..8192)
        .map(|offset| {
            let ours = decoded
                .samples
                .get(offset * 2..offset * 2 + 40_000)
                .unwrap_or_default();
            snr(ours, &reference[16_384..56_384])
        })
        .fold(f64::MIN, f64::max);
    assert!(best > min_snr, "{name:?}: {best} dB");
}

#[test]
fn he_aac_is_decoded_at_its_full_rate() {
    require_tool!("ffmpeg");
    require_libavcodec!();
    let fixtures = Fixtures::new();
    let v1 = EncodeOptions::default()
        .with_bitrate_bps(64_000)
        .with_he(true);
    let v2 = EncodeOptions::default()
        .with_bitrate_bps(32_000)
        .with_he_v2(true);
    for (kind, options) in [("v1", v1), ("v2", v2)] {
        let channels = audio();
        let adts = fixtures.path(&format!("{kind}.aac"));
        fs::write(&adts, encode_with(&channels, 48_000, &options).unwrap()).unwrap();
        check(&adts, 30.0);
        let m4a = fixtures.path(&format!("{kind}.m4a"));
        let container = syom::EncodeContainer::M4a;
        let in_mp4 = options.with_container(container);
        fs::write(&m4a, encode_with(&channels, 48_000, &in_mp4).unwrap()).unwrap();
        check(&m4a, 30.0);
        let args = format!("-i DIR/{kind}.aac -c copy OUT");
        check(&fixtures.ffmpeg(&format!("{kind}.mkv"), &args), 30.0);
    }
}
