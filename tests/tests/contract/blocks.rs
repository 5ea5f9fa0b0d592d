//! Blocks of any length, and invalid ones.

use tonearm_e2e::plugin::{Error, Plugin, RateControl, Settings};

use crate::support::{Noise, USUAL, busy, encode_in_blocks, settings};

pub fn block_sizes_do_not_change_the_stream(plugin: &mut Plugin) {
    let longest = plugin.describe().max_block as usize;
    for settings in [USUAL, settings(22_050, 1)] {
        let pcm = busy(&settings, 60_000);
        let (expected, _) = plugin.encode(&settings, &pcm);
        for sizes in [
            &[1, 0, 2, 575, 1153][..],
            &[1152],
            &[longest],
            &[7, longest, 0],
        ] {
            let stream = encode_in_blocks(plugin, &settings, &pcm, sizes);
            assert!(stream == expected, "{settings:?}, blocks of {sizes:?}");
        }
    }
}

pub fn an_invalid_block_changes_nothing(plugin: &mut Plugin) {
    let longest = plugin.describe().max_block as usize;
    let pcm = busy(&USUAL, 20_000);
    let (expected, _) = plugin.encode(&USUAL, &pcm);
    let session = plugin.open(&USUAL).unwrap();
    let mut stream = Vec::new();
    for block in pcm.chunks(2 * longest) {
        for invalid in [
            vec![0.0; 3],
            vec![0.0, f32::NAN],
            vec![f32::INFINITY, 0.0],
            vec![0.0, 0.0, f32::NEG_INFINITY, 0.0],
            vec![0.0; 2 * longest + 2],
        ] {
            let refused = plugin.push(session, &invalid).unwrap_err();
            let Error::BadBlock(text) = &refused else {
                panic!("{refused:?}");
            };
            assert!(text.contains("valid: "), "{text}");
        }
        stream.extend(plugin.push(session, block).unwrap());
    }
    let ending = plugin.finish(session).unwrap();
    stream.extend(&ending.tail);
    stream[..ending.header.len()].copy_from_slice(&ending.header);
    assert_eq!(ending.samples, 20_000);
    assert!(stream == expected);
}

pub fn samples_beyond_full_scale_are_clipped(plugin: &mut Plugin) {
    let loud = [f32::MAX, f32::MIN, 1.5, -1.5].repeat(5000);
    let clipped: Vec<f32> = loud.iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    let (stream, _) = plugin.encode(&USUAL, &loud);
    assert!(stream == plugin.encode(&USUAL, &clipped).0);
}

/// Samples of arbitrary bits. The session stays usable either way.
pub fn arbitrary_samples_are_refused_or_encoded(plugin: &mut Plugin) {
    let mut noise = Noise(0xbad_5eed);
    for (rate, channels) in [(48_000, 2), (44_100, 1)] {
        for rate_control in [0, 5, 9].map(RateControl::Quality) {
            let settings = Settings {
                rate_control,
                ..settings(rate, channels)
            };
            let session = plugin.open(&settings).unwrap();
            let mut samples = 0;
            for number in 0..60 {
                let block: Vec<f32> = (0..1152)
                    .map(|_| match number % 4 {
                        0 => f32::from_bits(noise.bits()),
                        // Finite, of any magnitude.
                        1 => f32::from_bits(noise.bits() & 0xbfff_ffff),
                        // Subnormal or close to it.
                        2 => f32::from_bits(noise.bits() & 0x80ff_ffff),
                        _ => f32::from(i16::MAX) * noise.next().signum(),
                    })
                    .collect();
                match plugin.push(session, &block) {
                    Ok(_) => samples += 1152 / u64::from(channels),
                    Err(Error::BadBlock(_)) => {}
                    Err(error) => panic!("{settings:?}, block {number}: {error:?}"),
                }
            }
            assert_eq!(plugin.finish(session).unwrap().samples, samples);
            plugin.drop(session);
        }
    }
}
