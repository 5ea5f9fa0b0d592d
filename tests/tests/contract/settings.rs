//! Settings that open a session, and settings that are refused.

use tonearm_e2e::plugin::{Error, Plugin, RateControl, Settings};

use crate::support::{USUAL, formats, settings};

pub fn every_valid_setting_opens(plugin: &mut Plugin) {
    let description = plugin.describe();
    for format in formats(&description) {
        for quality in [0, 9] {
            for effort in [0, 9] {
                let settings = Settings {
                    rate_control: RateControl::Quality(quality),
                    effort,
                    ..format
                };
                let session = plugin.open(&settings).unwrap();
                plugin.drop(session);
            }
        }
        if description.media_type == "audio/mpeg" {
            let settings = Settings {
                rate_control: RateControl::Bitrate(64),
                ..format
            };
            let session = plugin.open(&settings).unwrap();
            plugin.drop(session);
        }
    }
}

pub fn an_invalid_setting_is_named_with_the_valid_values(plugin: &mut Plugin) {
    let description = plugin.describe();
    let mut invalid = vec![
        ("sample-rate is 44000", settings(44_000, 2)),
        ("sample-rate is 0", settings(0, 2)),
        ("sample-rate is 4294967295", settings(u32::MAX, 2)),
        ("channels is 0", settings(44_100, 0)),
        ("channels is 255", settings(44_100, 255)),
        (
            "quality is 10",
            Settings {
                rate_control: RateControl::Quality(10),
                ..USUAL
            },
        ),
        (
            "bitrate is 0",
            Settings {
                rate_control: RateControl::Bitrate(0),
                ..USUAL
            },
        ),
        (
            "bitrate is 65535",
            Settings {
                rate_control: RateControl::Bitrate(u16::MAX),
                ..USUAL
            },
        ),
        (
            "effort is 10",
            Settings {
                effort: 10,
                ..USUAL
            },
        ),
    ];
    if description.lead_in.is_none() {
        let independent = Settings {
            independent_frames: true,
            ..USUAL
        };
        invalid.push(("independent-frames is true", independent));
    }
    for (what, settings) in invalid {
        let Err(Error::BadSettings(text)) = plugin.open(&settings) else {
            panic!("{what}: it opened");
        };
        assert!(text.starts_with(what) && text.contains("valid: "), "{text}");
    }
    // A refusal leaves the plugin usable.
    let session = plugin.open(&USUAL).unwrap();
    plugin.finish(session).unwrap();
}
