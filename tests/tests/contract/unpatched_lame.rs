//! The shipped build of LAME replaces some of its functions (`plugins/mp3-lame/simd`). Its
//! streams must equal those of unpatched LAME (`tests/lame-plain`).

use tonearm_e2e::paths::wasm;
use tonearm_e2e::plugin::{Plugin, RateControl, Settings};

use crate::support::{busy, settings};

#[test]
fn the_patches_do_not_change_a_bit() {
    let mut patched = Plugin::load(&wasm("mp3_lame"));
    let mut plain = Plugin::load(&wasm("lame_plain"));
    for (rate, channels) in [
        (44_100, 2),
        (48_000, 2),
        (32_000, 1),
        (22_050, 2),
        (8000, 1),
    ] {
        let format = settings(rate, channels);
        let pcm = busy(&format, 8 * rate as usize);
        for (rate_control, effort) in [
            (RateControl::Quality(0), 0),
            (RateControl::Quality(1), 7),
            (RateControl::Quality(2), 5),
            (RateControl::Quality(5), 9),
            (RateControl::Quality(9), 3),
            (RateControl::Bitrate(64), 7),
            (RateControl::Bitrate(64), 2),
        ] {
            let settings = Settings {
                rate_control,
                effort,
                ..format
            };
            let (patched, _) = patched.encode(&settings, &pcm);
            let (plain, _) = plain.encode(&settings, &pcm);
            assert!(patched == plain, "{settings:?} differs");
        }
    }
}
