//! The decoders that are compared.

use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};
use syom::{Channel, DecodeOptions};
use tonearm_aac_lc::{Decoder, Speaker};

/// Sample rates in Hz in the order of their numbers (ISO/IEC 14496-3, table 1.16).
pub const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// The AudioSpecificConfig of AAC-LC.
pub fn config(channel_configuration: u8, sample_rate: u32) -> [u8; 2] {
    let index = RATES.iter().position(|&rate| rate == sample_rate).unwrap() as u16;
    (2u16 << 11 | index << 7 | u16::from(channel_configuration) << 3).to_be_bytes()
}

/// Decoded blocks: the speakers of each, and its planes one after the other.
pub type Decoded = Vec<(Vec<Speaker>, Vec<f32>)>;

pub fn ours(channel_configuration: u8, sample_rate: u32) -> Decoder {
    Decoder::new(channel_configuration, sample_rate).unwrap()
}

pub fn decode_all(decoder: &mut Decoder, blocks: &[Vec<u8>]) -> Decoded {
    let mut decode = |block: &Vec<u8>| {
        let mut samples = Vec::new();
        decoder.decode(block, &mut samples).unwrap();
        (decoder.speakers().to_vec(), samples)
    };
    blocks.iter().map(&mut decode).collect()
}

/// Decodes by syom.
pub fn syom(channel_configuration: u8, sample_rate: u32, blocks: &[Vec<u8>]) -> Decoded {
    let config = config(channel_configuration, sample_rate);
    let mut decoder = syom::Decoder::from_asc(&config, DecodeOptions::unbounded()).unwrap();
    let mut decode = |block: &Vec<u8>| {
        let mut decoded = (Vec::new(), Vec::new());
        let outcome = decoder.decode_au(block, |frame| {
            decoded.0 = frame.meta.labels().map(speaker).collect();
            decoded.1 = frame.planar.concat();
            Ok(())
        });
        outcome.unwrap();
        decoded
    };
    blocks.iter().map(&mut decode).collect()
}

fn speaker(channel: Channel) -> Speaker {
    match channel {
        Channel::FrontLeft => Speaker::FrontLeft,
        Channel::FrontRight => Speaker::FrontRight,
        Channel::FrontCenter => Speaker::FrontCentre,
        Channel::Lfe => Speaker::LowFrequency,
        Channel::BackLeft | Channel::SideLeft => Speaker::SurroundLeft,
        Channel::BackRight | Channel::SideRight => Speaker::SurroundRight,
        Channel::BackCenter => Speaker::BackCentre,
        other => unreachable!("{other:?}"),
    }
}

/// One channel of all blocks.
pub fn channel(decoded: &Decoded, wanted: Speaker) -> Vec<f32> {
    let plane = |(speakers, samples): &(Vec<Speaker>, Vec<f32>)| {
        let mut speakers = speakers.iter();
        let at = speakers.position(|&speaker| speaker == wanted).unwrap();
        let mut planes = samples.chunks_exact(1024);
        planes.nth(at).unwrap().to_vec()
    };
    decoded.iter().flat_map(plane).collect()
}

/// symphonia's decoder.
pub fn symphonia(channel_configuration: u8, sample_rate: u32) -> Box<dyn AudioDecoder> {
    let mut params = AudioCodecParameters::new();
    let config = config(channel_configuration, sample_rate);
    params
        .for_codec(CODEC_ID_AAC)
        .with_extra_data(config.into());
    let codecs = symphonia::default::get_codecs();
    let options = AudioDecoderOptions::default();
    codecs.make_audio_decoder(&params, &options).unwrap()
}

/// The planes of a block by symphonia, one after the other.
pub fn symphonia_planes(decoder: &mut dyn AudioDecoder, block: &[u8]) -> Vec<f32> {
    let packet = PacketRef::new(0, Timestamp::ZERO, Duration::new(1024), block);
    let mut planes = Vec::<Vec<f32>>::new();
    let decoded = decoder.decode_ref(&packet).unwrap();
    decoded.copy_to_vecs_planar(&mut planes);
    planes.concat()
}
