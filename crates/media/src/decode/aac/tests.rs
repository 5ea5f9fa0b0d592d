//! Our decoder beside symphonia's, syom's and ffmpeg's.

use std::io::Cursor;
use std::process::Command;

use ::symphonia::core::codecs::audio::AudioCodecParameters;
use ::symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;

use super::layout::Layout;
use super::lc::Lc;
use super::{Plain, Thorough, lc_config};
use crate::container::Container;
use crate::decode::{Decoder, Pcm, Place, Undecodable, symphonia};
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

fn params(rate: u32, channels: usize) -> AudioCodecParameters {
    let mut params = AudioCodecParameters::new();
    let config = lc_config(rate, channels).unwrap();
    params
        .for_codec(CODEC_ID_AAC)
        .with_extra_data(config.into());
    params
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
            let ours = decode_all(&mut Lc::new(known, rate), &packets);
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

/// 5.1 by a decoder of LC, until it cannot.
fn plain(inner: Box<dyn Decoder>) -> Plain {
    Plain {
        inner,
        config: lc_config(48_000, 6).unwrap(),
        last: Vec::new(),
        then: None,
    }
}

fn surround() -> Box<dyn Decoder> {
    Box::new(Lc::new(Layout::of(6).unwrap(), 48_000))
}

/// 5.1 without made-up noise.
fn film() -> Vec<Packet> {
    packets(&encode("5.1", 6, 48_000, "-b:a 384k -aac_pns 0"))
}

/// With all that an encoder writes at these bitrates: noise and intensity, sums and
/// differences, filters, short windows and both shapes of them, large values.
#[test]
fn one_and_two_channels_are_those_of_symphonia_to_the_bit() {
    let kinds = [
        "-b:a 48k",
        "-b:a 96k -aac_is 1 -aac_coder fast",
        "-b:a 192k -aac_tns 1",
        "-q:a 5 -aac_ms 1 -aac_is 0",
    ];
    for (channels, layout) in [(1, "mono"), (2, "stereo")] {
        for (rate, options) in [44_100, 48_000]
            .into_iter()
            .flat_map(|rate| kinds.map(|kind| (rate, kind)))
        {
            let packets = packets(&encode(layout, channels, rate, options));
            let ours = &mut Lc::new(Layout::of(channels as u8).unwrap(), rate);
            let params = params(rate, channels);
            let mut theirs = symphonia::decoder(&params).unwrap();
            for (number, packet) in packets.iter().enumerate() {
                let (mut pcm, mut expected) = (Pcm::default(), Vec::<Vec<f32>>::new());
                ours.decode(packet, &mut pcm).unwrap();
                let decoded = symphonia::run(&mut *theirs, &packet.data, 1024).unwrap();
                decoded.copy_to_vecs_planar(&mut expected);
                assert!(
                    pcm.samples == expected.concat(),
                    "{layout} {options} {number}"
                );
            }
        }
    }
}

#[test]
fn an_end_without_a_word_is_one() {
    let packets = packets(&encode("stereo", 2, 48_000, "-b:a 128k"));
    let stereo = || Lc::new(Layout::of(2).unwrap(), 48_000);
    let (mut with, mut without) = (stereo(), stereo());
    let mut count = 0;
    for (number, packet) in packets.iter().enumerate() {
        let mut bare = Packet::default();
        bare.data.clone_from(&packet.data);
        // The three bits of the name, and what fills up the byte.
        if packet.data.last() == Some(&0b1110_0000) {
            bare.data.pop();
            count += 1;
        }
        let [with, without] = [(&mut with, packet), (&mut without, &bare)].map(|(lc, packet)| {
            let mut pcm = Pcm::default();
            lc.decode(packet, &mut pcm).unwrap();
            pcm.samples
        });
        assert!(with == without, "{number}");
    }
    assert!(count > 0);
}

#[test]
fn noise_is_as_loud_as_that_of_syom() {
    let packets = packets(&encode("5.0", 5, 48_000, "-b:a 96k"));
    let config = lc_config(48_000, 5).unwrap();
    let known = Layout::of(5).unwrap();
    let ours = decode_all(&mut Lc::new(known, 48_000), &packets);
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
