//! Checks the decoder contract (`wit/decoding/decoder.wit`) on libavcodec with an arbitrary
//! codec, arbitrary settings and arbitrary packets.

use arbitrary::{Result, Unstructured};
use decoder_libavcodec::Plugin;
use tonearm_decoder_sdk::{Decoder, DecoderSession, MAX_PACKET_SAMPLES, Pcm, Settings};

/// Maximum number of calls per track.
const MAX_CALLS: usize = 64;

/// Usual sample rates, and an unknown one.
const RATES: [u32; 10] = [
    0, 8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000,
];

pub(crate) fn run(input: &[u8]) {
    let _ = decode(&mut Unstructured::new(input));
}

fn decode(input: &mut Unstructured<'_>) -> Result<()> {
    let plugin = Plugin::new();
    let codecs = plugin.describe().codecs;
    if codecs.is_empty() {
        return Ok(());
    }
    let settings = Settings {
        codec: input.choose(&codecs)?.clone(),
        sample_rate: *input.choose(&RATES)?,
        channels: input.int_in_range(0..=16)?,
        channel_mask: 0,
        block_bytes: input.int_in_range(0..=8192)?,
        bits_per_coded_sample: input.int_in_range(0..=32)?,
        bit_rate: input.int_in_range(0..=1_000_000)?,
        tag: input.arbitrary::<u16>()?.into(),
        config: input.arbitrary::<Vec<u8>>()?,
    };
    let Ok(mut session) = plugin.open(&settings) else {
        return Ok(());
    };
    for _ in 0..MAX_CALLS {
        if input.is_empty() {
            break;
        }
        match input.int_in_range(0..=15)? {
            0 => session.flush().iter().for_each(check),
            1 => session.reset(),
            _ => {
                let packets = [input.arbitrary::<Vec<u8>>()?];
                let decoded = session.decode(&packets);
                assert_eq!(decoded.len(), packets.len());
                decoded.iter().flatten().for_each(check);
            }
        }
    }
    Ok(())
}

fn check(pcm: &Pcm) {
    if pcm.samples.is_empty() {
        return;
    }
    let channels = usize::from(pcm.channels);
    assert!(pcm.sample_rate > 0 && channels > 0);
    assert!(pcm.samples.len().is_multiple_of(channels));
    assert!(pcm.samples.len() <= MAX_PACKET_SAMPLES);
    assert!(pcm.samples.iter().all(|sample| sample.is_finite()));
    assert!(pcm.channel_mask == 0 || pcm.channel_mask.count_ones() as usize == channels);
}
