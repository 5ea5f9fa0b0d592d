//! Surround by symphonia beside syom and ffmpeg.

use std::io::Cursor;
use std::process::Command;

use super::elements::{Layout, Splitter, cut};
use super::{Plain, Thorough, lc_config, open, surround};
use crate::container::Container;
use crate::decode::{Decoder, Pcm, Place};
use crate::demux::{self, Packet, Step, Track};
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
    format!("aevalsrc={}:s={rate}:d=3", tones.join("|"))
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

fn packets(adts: &[u8]) -> (Track, Vec<Packet>) {
    let input = Input::new(Cursor::new(adts.to_vec())).unwrap();
    let input = input.counting(1_000_000);
    let mut demuxer = demux::open(input, Container::Adts, 0, &TrackChoice::Default).unwrap();
    let mut packets = Vec::new();
    loop {
        let mut packet = Packet::default();
        match demuxer.next(&mut packet).unwrap() {
            Step::Packet => packets.push(packet),
            Step::Busy => {}
            Step::NewTrack | Step::End => break,
        }
    }
    let track = demuxer.track();
    let track = Track {
        params: track.params.clone(),
        codec_name: None,
        edits: Vec::new(),
        tags: track.tags.clone(),
        ..*track
    };
    (track, packets)
}

/// One channel of all packets.
fn channel(decoder: &mut dyn Decoder, packets: &[Packet], wanted: Place) -> Vec<f32> {
    let mut all = Vec::new();
    let mut pcm = Pcm::default();
    for packet in packets {
        decoder.decode(packet, &mut pcm).unwrap();
        let at = pcm
            .places
            .iter()
            .position(|&place| place == wanted)
            .unwrap();
        let mut planes = pcm.samples.chunks_exact(pcm.frames());
        all.extend_from_slice(planes.nth(at).unwrap());
    }
    all
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
        (48_000, "-b:a 384k -aac_pns 0 -aac_coder twoloop"),
        (44_100, "-b:a 160k -aac_pns 0 -aac_coder fast -aac_is 1"),
        (
            48_000,
            "-b:a 320k -aac_pns 0 -aac_tns 1 -aac_ms 1 -aac_is 0",
        ),
        (44_100, "-q:a 4 -aac_pns 0 -aac_is 1 -aac_tns 1"),
    ];
    for (configuration, (layout, places)) in (3..).zip(LAYOUTS) {
        for (rate, options) in kinds {
            let adts = encode(layout, places.len(), rate, options);
            let (_, packets) = packets(&adts);
            assert!(packets.len() > 100);
            let decoded = ffmpeg(&["-i", "IN", "-f", "f32le"], Some(&adts));
            let config = lc_config(rate, configuration).unwrap();
            let heard = places.iter().enumerate();
            for (at, &place) in heard.filter(|(_, place)| **place != Place::LowFrequency) {
                let layout = Layout::of(configuration as u8).unwrap();
                let mut ours = surround::open(layout, rate).unwrap();
                let ours = channel(&mut *ours, &packets, place);
                let mut syom = Thorough::open(config.clone()).unwrap();
                let syom = channel(&mut syom, &packets, place);
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
