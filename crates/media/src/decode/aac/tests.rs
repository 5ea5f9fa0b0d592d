//! Surround by symphonia beside syom and ffmpeg.

use std::io::Cursor;
use std::process::Command;

use super::elements::{Layout, Splitter, cut};
use super::{Plain, Thorough, lc_config, surround};
use crate::container::Container;
use crate::decode::{Decoder, Pcm, Place, Undecodable};
use crate::demux::{self, Packet, Step};
use crate::fold::Fold;
use crate::input::Input;
use crate::selection::TrackChoice;

/// ffmpeg's layouts in the order of the configurations from 3 on, and where their
/// channels are.
const LAYOUTS: [(&str, &[Place]); 4] = {
    use Place::{BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Right};
    [
        ("3.0", &[FrontLeft, FrontRight, FrontCentre]),
        ("4.0", &[FrontLeft, FrontRight, FrontCentre, BackCentre]),
        ("5.0", &[FrontLeft, FrontRight, FrontCentre, Left, Right]),
        (
            "5.1",
            &[
                FrontLeft,
                FrontRight,
                FrontCentre,
                LowFrequency,
                Left,
                Right,
            ],
        ),
    ]
};

/// Tones with clicks and noise in them, in each channel its own. All of them sound
/// together now and then, so that there is something to share.
fn sound(channels: usize, rate: u32) -> String {
    let tones: Vec<String> = (0..channels)
        .map(|n| {
            let pitch = 300 + 170 * n;
            format!(
                "0.2*sin(2*PI*{pitch}*t)+0.2*sin(2*PI*1000*t)*lt(mod(t\\,0.5)\\,0.2)\
                 +0.5*lt(mod(t+0.07*{n}\\,0.31)\\,0.0005)+0.02*random({n})"
            )
        })
        .collect();
    format!("aevalsrc={}:s={rate}:d=2.5", tones.join("|"))
}

fn ffmpeg(words: &[&str], input: Option<&[u8]>) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("in");
    std::fs::write(&path, input.unwrap_or_default()).unwrap();
    let words = words.iter().map(|word| match *word {
        "IN" => path.to_str().unwrap(),
        word => word,
    });
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-bitexact"])
        .args(words)
        .arg("-")
        .output()
        .expect("ffmpeg is needed for the tests: apt-get install ffmpeg");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output.stdout
}

/// ADTS of the test's sound.
fn encode(layout: &str, channels: usize, rate: u32, options: &str) -> Vec<u8> {
    let sound = format!("{}:c={layout}", sound(channels, rate));
    let mut words = vec!["-f", "lavfi", "-i", &sound, "-c:a", "aac"];
    words.extend(options.split_whitespace());
    words.extend(["-f", "adts"]);
    ffmpeg(&words, None)
}

fn packets(adts: &[u8]) -> Vec<Packet> {
    let input = Input::new(Cursor::new(adts.to_vec())).unwrap();
    let input = input.counting(1_000_000);
    let mut demuxer = demux::open(input, Container::Adts, 0, &TrackChoice::Default).unwrap();
    let mut packets = Vec::new();
    loop {
        let mut packet = Packet::default();
        match demuxer.next(&mut packet).unwrap() {
            Step::Packet => packets.push(packet),
            Step::Busy => {}
            Step::NewTrack | Step::End => return packets,
        }
    }
}

fn decode_all(decoder: &mut dyn Decoder, packets: &[Packet]) -> Vec<Pcm> {
    let decode = |packet| {
        let mut pcm = Pcm::default();
        decoder.decode(packet, &mut pcm).unwrap();
        pcm
    };
    packets.iter().map(decode).collect()
}

/// One channel of all packets.
fn channel(decoded: &[Pcm], wanted: Place) -> Vec<f32> {
    let plane = |pcm: &Pcm| {
        let mut places = pcm.places.iter();
        let at = places.position(|&place| place == wanted).unwrap();
        let mut planes = pcm.samples.chunks_exact(pcm.frames());
        planes.nth(at).unwrap().to_vec()
    };
    decoded.iter().flat_map(plane).collect()
}

fn folded(pcm: &Pcm) -> Vec<f32> {
    let mut out = Vec::new();
    Fold::new(&pcm.places, 2).apply(pcm, 0..pcm.frames(), &mut out);
    out
}

/// Signal to noise in dB.
fn snr(ours: &[f32], theirs: &[f32]) -> f64 {
    assert!(ours.len().abs_diff(theirs.len()) <= 1024, "{}", ours.len());
    let square = |x: f32| f64::from(x).powi(2);
    let signal: f64 = theirs.iter().map(|&x| square(x)).sum();
    let pairs = ours.iter().zip(theirs);
    let noise: f64 = pairs.map(|(&ours, &theirs)| square(ours - theirs)).sum();
    10.0 * (signal / noise.max(1e-30)).log10()
}

/// The samples of one of ffmpeg's channels.
fn ffmpeg_channel(decoded: &[u8], channels: usize, at: usize) -> Vec<f32> {
    let (samples, _) = decoded.as_chunks();
    let samples = samples.iter().skip(at).step_by(channels);
    samples.map(|&four| f32::from_le_bytes(four)).collect()
}

/// What ffmpeg's encoder can make of each layout, without the noise that every decoder
/// makes up for itself.
#[test]
fn surround_sounds_as_ffmpeg_and_syom_decode_it() {
    let kinds = [
        (44_100, "-b:a 160k -aac_pns 0 -aac_coder fast -aac_is 1"),
        (
            48_000,
            "-b:a 320k -aac_pns 0 -aac_tns 1 -aac_ms 1 -aac_is 0",
        ),
        (48_000, "-q:a 4 -aac_pns 0 -aac_is 1 -aac_tns 1"),
    ];
    for (configuration, (layout, places)) in (3..).zip(LAYOUTS) {
        for (rate, options) in kinds {
            let adts = encode(layout, places.len(), rate, options);
            let packets = packets(&adts);
            assert!(packets.len() > 100);
            let decoded = ffmpeg(&["-i", "IN", "-f", "f32le"], Some(&adts));
            let known = Layout::of(configuration as u8).unwrap();
            let ours = decode_all(&mut *surround::open(known, rate).unwrap(), &packets);
            let config = lc_config(rate, configuration).unwrap();
            let syom = decode_all(&mut Thorough::open(config).unwrap(), &packets);
            let heard = places.iter().enumerate();
            for (at, &place) in heard.filter(|(_, place)| **place != Place::LowFrequency) {
                let [ours, syom] = [&ours, &syom].map(|decoded| channel(decoded, place));
                let what = format!("{layout:?} {place:?} {rate} {options}");
                let beside = snr(&ours, &syom);
                assert!(beside > 100.0, "{what}: {beside} dB beside syom");
                let theirs = ffmpeg_channel(&decoded, places.len(), at);
                let beside = snr(&ours, &theirs);
                assert!(beside > 100.0, "{what}: {beside} dB beside ffmpeg");
            }
        }
    }
}

/// 5.1 as symphonia decodes it, until it cannot.
fn plain(inner: Box<dyn Decoder>) -> Plain {
    Plain {
        inner,
        config: lc_config(48_000, 6).unwrap(),
        last: Vec::new(),
        then: None,
    }
}

fn surround() -> Box<dyn Decoder> {
    surround::open(Layout::of(6).unwrap(), 48_000).unwrap()
}

/// 5.1 without made-up noise.
fn film() -> Vec<Packet> {
    packets(&encode("5.1", 6, 48_000, "-b:a 384k -aac_pns 0"))
}

/// All that encoders write, with noise in place of noise: where no element is left out,
/// the last ends with its packet.
#[test]
fn elements_end_where_they_should() {
    for (configuration, (layout, places)) in (3..).zip(LAYOUTS) {
        for options in ["-b:a 96k", "-b:a 320k -aac_coder fast -aac_tns 1"] {
            let known = Layout::of(configuration).unwrap();
            let mut splitter = Splitter::new(known);
            for packet in packets(&encode(layout, places.len(), 48_000, options)) {
                let found = splitter.split(&packet.data).unwrap();
                assert_eq!(found.len(), known.elements.len());
                let last = found.last().unwrap().end;
                match known.has_low_frequency {
                    true => assert!(last < packet.data.len() * 8),
                    false => assert_eq!((last + 3).div_ceil(8), packet.data.len()),
                }
                assert!(found.is_sorted_by(|a, b| a.end == b.start));
            }
        }
    }
}

#[test]
fn an_element_is_cut_out_bit_by_bit() {
    let block: Vec<u8> = (0..40u8).map(|n| n.wrapping_mul(157)).collect();
    let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    let mut out = Vec::new();
    for start in 0..20 {
        for end in start..block.len() * 8 {
            cut(&block, &(start..end), &mut out);
            let length = end - start;
            assert!((0..length).all(|at| bit(&out, at) == bit(&block, start + at)));
            assert!((length..length + 3).all(|at| bit(&out, at) == 1));
            assert!((length + 3..out.len() * 8).all(|at| bit(&out, at) == 0));
        }
    }
}

#[test]
fn noise_is_as_loud_as_that_of_syom() {
    let packets = packets(&encode("5.0", 5, 48_000, "-b:a 96k"));
    let config = lc_config(48_000, 5).unwrap();
    let known = Layout::of(5).unwrap();
    let ours = decode_all(&mut *surround::open(known, 48_000).unwrap(), &packets);
    let syom = decode_all(&mut Thorough::open(config).unwrap(), &packets);
    let power = |samples: Vec<f32>| samples.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
    for &place in LAYOUTS[2].1 {
        let [ours, syom] = [&ours, &syom].map(|decoded| power(channel(decoded, place)));
        let decibels = 10.0 * (ours / syom).log10();
        assert!(decibels.abs() < 0.2, "{place:?}: {decibels} dB");
    }
}

/// Segments begin with a decoder that has heard nothing.
#[test]
fn a_decoder_that_starts_in_the_middle_is_soon_the_same() {
    let packets = film();
    let (mut early, mut late) = (surround(), surround());
    let (mut before, mut after) = (Pcm::default(), Pcm::default());
    for (number, packet) in packets.iter().enumerate() {
        early.decode(packet, &mut before).unwrap();
        if number >= 40 {
            late.decode(packet, &mut after).unwrap();
        }
        assert!(number < 41 || before.samples == after.samples, "{number}");
    }
}

#[test]
fn damage_is_left_behind() {
    let mut packets = film();
    let whole: Vec<Pcm> = decode_all(&mut *surround(), &packets);
    for byte in packets[50].data.iter_mut().skip(40) {
        *byte ^= 0x5a;
    }
    let mut decoder = plain(surround());
    let mut pcm = Pcm::default();
    for (number, (packet, whole)) in packets.iter().zip(&whole).enumerate() {
        let outcome = decoder.decode(packet, &mut pcm);
        assert!(number == 50 || outcome.is_ok(), "{number}");
        assert_eq!(decoder.then.is_some(), number >= 50);
        if number < 50 {
            assert_eq!(pcm.samples, whole.samples);
        }
        if number > 51 {
            let snr = snr(&folded(&pcm), &folded(whole));
            assert!(snr > 90.0, "{number}: {snr} dB");
        }
    }
}

/// Does not know the fifty-first packet.
struct Ignorant(Box<dyn Decoder>, usize);

impl Decoder for Ignorant {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.1 += 1;
        match self.1 {
            51 => Err(Undecodable),
            _ => self.0.decode(packet, pcm),
        }
    }
}

#[test]
fn nothing_is_heard_of_the_change_to_another_decoder() {
    let packets = film();
    let whole = decode_all(&mut *surround(), &packets);
    let mut changing = plain(Box::new(Ignorant(surround(), 0)));
    let heard = decode_all(&mut changing, &packets);
    assert!(changing.then.is_some());
    for (number, (heard, whole)) in heard.iter().zip(&whole).enumerate() {
        let snr = snr(&folded(heard), &folded(whole));
        assert!(snr > 90.0, "{number}: {snr} dB");
    }
}
