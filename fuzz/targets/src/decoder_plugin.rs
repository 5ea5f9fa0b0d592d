//! Decodes arbitrary packets with an arbitrary codec of the decoder plugin, natively.

use arbitrary::{Arbitrary, Unstructured};
use decoder_libavcodec::Plugin;
use tonearm_decoder_sdk::{Decoder, DecoderSession, MAX_PACKET_SAMPLES, Pcm, Settings};

/// A track, and what happens to it.
#[derive(Arbitrary, Debug)]
struct Input {
    codec: u8,
    /// An index into [`RATES`].
    rate: u8,
    channels: u8,
    block_bytes: u16,
    bits_per_coded_sample: u8,
    tag: u16,
    config: Vec<u8>,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Decode(Vec<Vec<u8>>),
    Flush,
    Reset,
}

const RATES: [u32; 10] = [
    0, 8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000,
];

/// Runs the steps and checks every result against the contract.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(input) = Input::arbitrary(&mut Unstructured::new(bytes)) else {
        return;
    };
    let plugin = Plugin::new();
    let codecs = plugin.describe().codecs;
    let Some(codec) = codecs.get(usize::from(input.codec) % codecs.len().max(1)) else {
        return;
    };
    let settings = Settings {
        codec: codec.clone(),
        sample_rate: RATES[usize::from(input.rate) % RATES.len()],
        channels: u16::from(input.channels % 17),
        channel_mask: 0,
        block_bytes: input.block_bytes.into(),
        bits_per_coded_sample: input.bits_per_coded_sample.into(),
        bit_rate: 64_000,
        tag: input.tag.into(),
        config: input.config,
    };
    let Ok(mut session) = plugin.open(&settings) else {
        return;
    };
    for step in input.steps.into_iter().take(64) {
        match step {
            Step::Decode(packets) => {
                let decoded = session.decode(&packets);
                assert_eq!(decoded.len(), packets.len());
                decoded.iter().flatten().for_each(check);
            }
            Step::Flush => session.flush().iter().for_each(check),
            Step::Reset => session.reset(),
        }
    }
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
