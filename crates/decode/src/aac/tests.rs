//! The switch from the fast decoder to the plugin's.

use std::process::Command;

use super::lc::LcDecoder;
use super::{Fallback, FastDecoder, lc_config, open};
use std::sync::Arc;
use tonearm_media_core::frame_header::adts::AAC_RATES;
use tonearm_media_core::{
    ChannelPosition, Codec, Decoder, DecoderPlugin, NoPlugin, Packet, Pcm, Result, Track,
    Undecodable,
};
use tonearm_test_tools::require_tool;

/// 5.1 at 48 kHz with different tones, clicks and noise in each channel. Encoded without
/// perceptual noise substitution, whose random numbers differ between decoders.
fn surround_packets() -> Vec<Packet> {
    const LAYOUT: &str = "5.1";
    let tones: Vec<String> = (0..6)
        .map(|n| {
            let pitch = 300 + 170 * n;
            format!(
                "0.2*sin(2*PI*{pitch}*t)+0.2*sin(2*PI*1000*t)*lt(mod(t\\,0.5)\\,0.2)\
                 +0.5*lt(mod(t+0.07*{n}\\,0.31)\\,0.0005)+0.02*random({n})"
            )
        })
        .collect();
    let audio = format!("aevalsrc={}:s=48000:d=2.5:c={LAYOUT}", tones.join("|"));
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-bitexact"])
        .args(["-f", "lavfi", "-i", &audio, "-c:a", "aac"])
        .args(["-b:a", "384k", "-aac_pns", "0", "-f", "adts", "-"])
        .output()
        .expect("ffmpeg is needed for the tests: apt-get install ffmpeg");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    packets(&output.stdout)
}

/// The packets of an ADTS stream without checksums.
fn packets(mut adts: &[u8]) -> Vec<Packet> {
    const HEADER: usize = 7;
    let mut packets = Vec::new();
    while let Some(&[0xff, 0xf1, _, a, b, c, _]) = adts.first_chunk::<HEADER>() {
        let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c) >> 5;
        let (frame, rest) = adts.split_at(length);
        packets.push(Packet {
            data: frame[HEADER..].to_vec(),
            ..Packet::default()
        });
        adts = rest;
    }
    assert!(adts.is_empty(), "not an ADTS frame: {adts:?}");
    packets
}

fn decode_all(decoder: &mut dyn Decoder, packets: &[Packet]) -> Vec<Pcm> {
    let decode = |packet| {
        let mut pcm = Pcm::default();
        decoder.decode(packet, &mut pcm).unwrap();
        pcm
    };
    packets.iter().map(decode).collect()
}

/// The lowest signal-to-noise ratio in dB of any channel but the low-frequency one, which
/// the fast decoder leaves silent.
fn snr(ours: &Pcm, theirs: &Pcm) -> f64 {
    use ChannelPosition::{FrontCentre, FrontLeft, FrontRight, Left, Right};
    let channel = |pcm: &Pcm, position: ChannelPosition| {
        let mut positions = pcm.positions.iter();
        let at = positions.position(|&it| it == position).unwrap();
        let mut planes = pcm.samples.chunks_exact(pcm.frames());
        planes.nth(at).unwrap().to_vec()
    };
    let square = |x: f32| f64::from(x).powi(2);
    let ratio = |position| {
        let (ours, theirs) = (channel(ours, position), channel(theirs, position));
        assert_eq!(ours.len(), theirs.len());
        let signal: f64 = theirs.iter().map(|&x| square(x)).sum();
        let pairs = ours.iter().zip(&theirs);
        let noise: f64 = pairs.map(|(&ours, &theirs)| square(ours - theirs)).sum();
        10.0 * (signal / noise.max(1e-30)).log10()
    };
    let ratios = [FrontLeft, FrontRight, FrontCentre, Left, Right].map(ratio);
    ratios.into_iter().fold(f64::INFINITY, f64::min)
}

/// A plugin that decodes 5.1.
struct Surround;

impl DecoderPlugin for Surround {
    fn codecs(&self) -> Vec<Codec> {
        vec![Codec::Aac]
    }

    fn open(&self, track: &Track) -> Result<Box<dyn Decoder>> {
        Ok(Box::new(LcDecoder::open(&track.params.config).unwrap()))
    }
}

/// A decoder of 5.1 that uses `inner` until it fails.
fn fast_decoder(inner: Box<dyn Decoder>) -> FastDecoder {
    let plugin: Arc<dyn DecoderPlugin> = Arc::new(Surround);
    let config = lc_config(48_000, 6).unwrap();
    FastDecoder {
        inner,
        fallback: Fallback::new(&plugin, &Track::default(), &config),
        previous: Vec::new(),
        slow: None,
    }
}

fn lc_decoder() -> Box<dyn Decoder> {
    let config = lc_config(48_000, 6).unwrap();
    Box::new(LcDecoder::open(&config).unwrap())
}

#[test]
fn decoding_recovers_from_a_damaged_packet() {
    require_tool!("ffmpeg");
    let mut packets = surround_packets();
    let expected: Vec<Pcm> = decode_all(&mut *lc_decoder(), &packets);
    for byte in packets[50].data.iter_mut().skip(40) {
        *byte ^= 0x5a;
    }
    let mut decoder = fast_decoder(lc_decoder());
    let mut pcm = Pcm::default();
    for (number, (packet, expected)) in packets.iter().zip(&expected).enumerate() {
        let outcome = decoder.decode(packet, &mut pcm);
        assert!(number == 50 || outcome.is_ok(), "{number}");
        assert_eq!(decoder.slow.is_some(), number >= 50);
        if number < 50 {
            assert_eq!(pcm.samples, expected.samples);
        }
        if number > 51 {
            let snr = snr(&pcm, expected);
            assert!(snr > 90.0, "{number}: {snr} dB");
        }
    }
}

#[test]
fn a_build_without_a_plugin_decodes_every_rate() {
    let plugin: Arc<dyn DecoderPlugin> = Arc::new(NoPlugin);
    for rate in AAC_RATES {
        let mut decoder = open_mono(rate, &plugin).unwrap();
        let mut pcm = Pcm::default();
        decoder.decode(&silence(None), &mut pcm).unwrap();
        assert_eq!((pcm.rate, pcm.frames()), (rate, 1024));
    }
}

#[test]
fn a_build_without_a_plugin_refuses_sbr_by_name() {
    let plugin: Arc<dyn DecoderPlugin> = Arc::new(NoPlugin);
    let mut decoder = open_mono(22_050, &plugin).unwrap();
    let mut pcm = Pcm::default();
    const EXT_SBR_DATA: u8 = 13;
    let outcome = decoder.decode(&silence(Some(EXT_SBR_DATA)), &mut pcm);
    assert_eq!(outcome, Err(Undecodable));
    let refusal = decoder.refusal().unwrap().to_string();
    assert!(refusal.contains("HE-AAC"), "{refusal}");
}

#[test]
fn the_plugin_decodes_rates_at_which_the_configuration_cannot_be_trusted() {
    let plugin: Arc<dyn DecoderPlugin> = Arc::new(Refusal);
    for rate in AAC_RATES {
        let is_refused = open_mono(rate, &plugin).is_err();
        assert_eq!(is_refused, rate < 44_100, "{rate}");
    }
}

/// A plugin that has AAC, and opens no track.
struct Refusal;

impl DecoderPlugin for Refusal {
    fn codecs(&self) -> Vec<Codec> {
        vec![Codec::Aac]
    }

    fn open(&self, track: &Track) -> Result<Box<dyn Decoder>> {
        Err(track.unsupported())
    }
}

fn open_mono(rate: u32, plugin: &Arc<dyn DecoderPlugin>) -> Result<Box<dyn Decoder>> {
    let mut track = Track::default();
    track.params.config = lc_config(rate, 1).unwrap();
    open(&track, plugin)
}

/// A silent block of one channel, with a fill element of this extension type.
fn silence(extension: Option<u8>) -> Packet {
    let extension = extension.unwrap_or(0);
    // A channel without bands; a fill element of two bytes; the end.
    let bits = format!("{:029b}{:07b}{extension:04b}{:012b}111", 0, 0b110_0010, 0);
    let bits = format!("{bits:0<64}");
    let data = u64::from_str_radix(&bits, 2).unwrap().to_be_bytes();
    Packet {
        data: data.to_vec(),
        ..Packet::default()
    }
}

/// Refuses the fifty-first packet.
struct Refusing(Box<dyn Decoder>, usize);

impl Decoder for Refusing {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.1 += 1;
        match self.1 {
            51 => Err(Undecodable),
            _ => self.0.decode(packet, pcm),
        }
    }
}

#[test]
fn the_switch_to_the_fallback_is_inaudible() {
    require_tool!("ffmpeg");
    let packets = surround_packets();
    let expected = decode_all(&mut *lc_decoder(), &packets);
    let mut switching = fast_decoder(Box::new(Refusing(lc_decoder(), 0)));
    let decoded = decode_all(&mut switching, &packets);
    assert!(switching.slow.is_some());
    for (number, (decoded, expected)) in decoded.iter().zip(&expected).enumerate() {
        let snr = snr(decoded, expected);
        assert!(snr > 90.0, "{number}: {snr} dB");
    }
}
