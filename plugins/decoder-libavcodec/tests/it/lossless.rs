//! Containers and codecs of lossless audio, of DSD, and of WAV.

use std::path::Path;

use tonearm_test_tools::require_tool;

use crate::compare::compare;
use crate::decoded::{by_ffmpeg, by_tonearm};
use crate::made::check;
use crate::require_libavcodec;

#[test]
fn wavpack_is_decoded() {
    check("a.wv", "-c:a wavpack");
    check("a.wv", "-c:a wavpack -ar 44100 -ac 1 -sample_fmt s32p");
    check("a.wv", "-c:a wavpack -sample_fmt fltp -ar 37800");
    check("a.wv", "-c:a wavpack -ac 6");
}

#[test]
fn true_audio_is_decoded() {
    check("a.tta", "-c:a tta");
    check("a.tta", "-c:a tta -ar 44100 -ac 1 -sample_fmt s32");
}

#[test]
fn codecs_of_wav_are_decoded() {
    for options in [
        "-c:a adpcm_yamaha",
        "-c:a adpcm_swf -ar 44100",
        "-c:a g722 -ar 16000 -ac 1",
        "-c:a g726 -ar 8000 -ac 1 -code_size 2",
        "-c:a g726 -ar 8000 -ac 1 -code_size 4",
        "-c:a libgsm_ms -ar 8000 -ac 1",
        "-c:a g723_1 -ar 8000 -ac 1 -b:a 6300",
        "-c:a wmav1 -b:a 128k",
        "-c:a wmav2 -b:a 128k",
        "-c:a dca -b:a 384k -f wav",
    ] {
        check("a.wav", options);
    }
    check("a.w64", "-c:a wmav2 -b:a 128k");
    check("a.au", "-c:a g726le -ar 8000 -ac 1 -code_size 5");
    check("a.au", "-c:a g722 -ar 16000 -ac 1");
}

/// Bursts of IEC 61937 as PCM, which is how players pass coded audio to a receiver.
#[test]
fn coded_audio_in_the_place_of_pcm_is_decoded() {
    require_libavcodec!();
    let ffmpeg = require_tool!("ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    for (options, format) in [
        ("-c:a ac3", "spdif"),
        ("-c:a dca -b:a 768k", "spdif"),
        ("-c:a dca -b:a 768k", "dts"),
    ] {
        let coded = folder.path().join("coded");
        let file = folder.path().join("a.wav");
        let run = |arguments: &[&str], to: &Path| {
            let mut command = std::process::Command::new(&ffmpeg);
            command.args(["-v", "error", "-y"]).args(arguments).arg(to);
            assert!(command.status().unwrap().success(), "{arguments:?}");
        };
        let sound = "aevalsrc=0.3*sin(2*PI*440*t)|0.3*sin(2*PI*1000*t):s=48000:d=3";
        let mut arguments = vec!["-f", "lavfi", "-i", sound, "-strict", "-2"];
        arguments.extend(options.split(' '));
        arguments.extend(["-f", format]);
        run(&arguments, &coded);
        let input = coded.to_str().unwrap();
        let pcm = ["-f", "s16le", "-ar", "48000", "-ac", "2", "-i", input];
        run(&pcm, &file);
        let ours = by_tonearm(&file).unwrap_or_else(|error| panic!("{options}: {error}"));
        let theirs = by_ffmpeg(&ffmpeg, &file, &ours);
        compare(&ours, &theirs).unwrap_or_else(|why| panic!("{options} in {format}: {why}"));
    }
}

/// A tone in a DSD file, made by a modulator of the second order.
#[test]
fn dsd_at_each_rate_is_decoded() {
    require_libavcodec!();
    let ffmpeg = require_tool!("ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    for factor in [64, 128, 256] {
        let file = folder.path().join("a.dff");
        std::fs::write(&file, dsdiff(factor * 44_100)).unwrap();
        let ours = by_tonearm(&file).unwrap_or_else(|error| panic!("{factor}: {error}"));
        assert_eq!(ours.rate, 44_100);
        let theirs = by_ffmpeg(&ffmpeg, &file, &ours);
        compare(&ours, &theirs).unwrap_or_else(|why| panic!("{factor}: {why}"));
    }
}

/// A fifth of a second of a tone of 1 kHz in one channel.
fn dsdiff(rate: u32) -> Vec<u8> {
    let chunk = |id: &[u8; 4], body: &[u8]| {
        let size = (body.len() as u64).to_be_bytes();
        [&id[..], &size, body].concat()
    };
    let (mut first, mut second) = (0.0, 0.0);
    let mut bit = |n: u32| {
        let sample = 0.4 * (std::f64::consts::TAU * 1000.0 * f64::from(n) / f64::from(rate)).sin();
        let feedback = if second >= 0.0 { 1.0 } else { -1.0 };
        first += sample - feedback;
        second += first - 2.0 * feedback;
        u8::from(feedback > 0.0)
    };
    let data: Vec<u8> = (0..rate / 40)
        .map(|byte| (0..8).fold(0, |bits, at| bits << 1 | bit(byte * 8 + at)))
        .collect();
    let properties = [
        b"SND ".to_vec(),
        chunk(b"FS  ", &rate.to_be_bytes()),
        chunk(b"CHNL", b"\0\x01C   "),
        chunk(b"CMPR", b"DSD \0\0"),
    ];
    let all = [
        b"DSD ".to_vec(),
        chunk(b"FVER", &[1, 5, 0, 0]),
        chunk(b"PROP", &properties.concat()),
        chunk(b"DSD ", &data[..data.len() / 2 * 2]),
    ];
    chunk(b"FRM8", &all.concat())
}
