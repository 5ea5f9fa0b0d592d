//! Ogg and FLAC beyond whole files: chains, several streams, damage.

use std::fs;
use std::io::Cursor;
use std::time::Duration;

use tonearm_media::{Limits, Selection, TrackSelector};
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_reader, decode_selected, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode, ffmpeg_decode_to, pitch, tones_input};

fn decode_bytes(bytes: Vec<u8>) -> Decoded {
    decode_reader(Cursor::new(bytes), &Limits::default()).unwrap()
}

#[test]
fn the_links_of_a_chain_may_differ_in_everything() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let links = [
        ("a.ogg", 48_000, 2, "-c:a libvorbis"),
        ("b.ogg", 44_100, 1, "-c:a libvorbis"),
        ("c.ogg", 48_000, 2, "-c:a libopus"),
        ("d.ogg", 48_000, 6, "-c:a libopus -mapping_family 1"),
        ("e.ogg", 32_000, 1, "-c:a flac"),
        ("f.ogg", 48_000, 6, "-c:a libvorbis"),
    ];
    let (mut bytes, mut parts) = (Vec::new(), Vec::new());
    for (name, rate, channels, codec) in links {
        let path = fixtures.tones(name, rate, channels, codec);
        bytes.extend(fs::read(&path).unwrap());
        parts.push(decode_file(&path).unwrap());
    }
    let decoded = decode_bytes(bytes);
    let seconds = decoded.frames() as f64 / 48_000.0;
    let expected = links.len() as f64 * SECONDS;
    assert!((seconds - expected).abs() < 0.01, "{seconds}");
    // Each link is at its place.
    for (index, part) in parts.iter().enumerate() {
        let length = 48_000.0 * SECONDS;
        let from = (index as f64 * length) as usize;
        let middle = &decoded.samples[2 * from..2 * (from + length as usize)];
        let middle = Decoded {
            info: decoded.info.clone(),
            samples: middle.to_vec(),
            concealed: 0,
            silent: Duration::ZERO,
            gaps: Duration::ZERO,
            is_truncated: false,
        };
        let ours = middle.tone(0, pitch(0));
        let own = part.tone(0, pitch(0));
        assert!((ours - own).abs() < 0.05, "{index}: {ours}, {own}");
    }
}

#[test]
fn lost_pages_and_frames_become_silence_of_their_length() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [
        ("vorbis.ogg", "-c:a libvorbis -page_duration 100000"),
        ("opus.ogg", "-c:a libopus -page_duration 100000"),
        ("flac.ogg", "-c:a flac -page_duration 100000"),
        ("a.flac", "-c:a flac"),
    ] {
        let bytes = fs::read(fixtures.tones(name, 48_000, 2, codec)).unwrap();
        let intact = decode_bytes(bytes.clone());
        let (quarter, half) = (bytes.len() / 4, bytes.len() / 2);
        let mut zeros = bytes.clone();
        zeros[quarter..half].fill(0);
        let mut junk = bytes.clone();
        for (n, byte) in junk[quarter..quarter + 400].iter_mut().enumerate() {
            *byte = (n * 37) as u8;
        }
        let mut removed = bytes;
        removed.drain(half..half + 1000);
        for (damage, bytes) in [("zeros", zeros), ("junk", junk), ("removed", removed)] {
            let decoded = decode_bytes(bytes);
            assert_eq!(decoded.frames(), intact.frames(), "{name}, {damage}");
            // The last quarter is what it was.
            let tail = intact.samples.len() / 4 * 3;
            let snr = snr(&decoded.samples[tail..], &intact.samples[tail..]);
            assert!(snr > 60.0, "{name}, {damage}: {snr} dB");
            assert!(!decoded.is_truncated, "{name}, {damage}");
        }
    }
}

#[test]
fn sound_that_begins_after_a_theora_video_keeps_its_distance() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.85";
    let input = tones_input(48_000, 2);
    for (name, codec) in [
        ("a.ogv", "libvorbis"),
        ("b.ogv", "libopus"),
        ("c.ogv", "flac"),
    ] {
        let codecs = format!("-c:v libtheora -c:a {codec}");
        let path = fixtures.ffmpeg(name, &format!("{video} {input} {codecs} OUT"));
        let decoded = decode_file(&path).unwrap();
        let seconds = decoded.frames() as f64 / 48_000.0;
        assert!((seconds - SECONDS - 0.85).abs() < 0.02, "{name}: {seconds}");
        let lead_in = &decoded.samples[..2 * 48_000 * 8 / 10];
        assert!(lead_in.iter().all(|&sample| sample == 0.0), "{name}");
    }
}

#[test]
fn one_of_several_logical_streams_is_taken() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25";
    let (first, second) = (tones_input(48_000, 2), tones_input(44_100, 1));
    let maps = "-map 0 -map 1 -map 2 -c:v libtheora -c:a:0 libvorbis -c:a:1 libopus";
    let path = fixtures.ffmpeg("a.ogv", &format!("{video} {first} {second} {maps} OUT"));
    for (number, codec, channels) in [(1, "Vorbis", 2), (2, "Opus", 1)] {
        let selection = Selection {
            track: TrackSelector::Number(number),
            ..Selection::default()
        };
        let decoded = decode_selected(&path, &selection).unwrap();
        assert_eq!(decoded.info.codec, codec);
        assert_eq!(decoded.info.channels, channels);
        // The resampler of ffmpeg rounds up.
        let expected = (48_000.0 * SECONDS) as usize;
        assert!(decoded.frames().abs_diff(expected) <= 1, "{number}");
    }
}

#[test]
fn the_length_of_a_stream_is_that_of_its_last_page() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, codec) in [
        ("a.ogg", "libvorbis"),
        ("b.ogg", "libopus"),
        ("c.flac", "flac"),
    ] {
        let path = fixtures.tones(name, 48_000, 2, &format!("-c:a {codec}"));
        let info = decode_file(&path).unwrap().info;
        assert_eq!(
            info.duration,
            Some(Duration::from_secs_f64(SECONDS)),
            "{name}"
        );
    }
}

#[test]
fn flac_of_every_kind_is_decoded_exactly() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (index, options) in [
        "-compression_level 0",
        "-compression_level 12 -max_prediction_order 32 -lpc_type cholesky",
        "-sample_fmt s32 -ch_mode mid_side",
        "-sample_fmt s32 -ch_mode right_side",
        "-ch_mode left_side -frame_size 17",
        "-ch_mode indep -lpc_type fixed",
    ]
    .into_iter()
    .enumerate()
    {
        let path = fixtures.tones(&format!("{index}.flac"), 44_100, 2, options);
        let decoded = decode_file(&path).unwrap();
        assert_eq!(decoded.samples, ffmpeg_decode(&path), "{options}");
    }
}

#[test]
fn flac_files_that_were_joined_are_decoded_to_the_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let mut bytes = Vec::new();
    let shapes = [(48_000, 6, "s16"), (48_000, 2, "s32"), (44_100, 1, "s16")];
    for (index, (rate, channels, format)) in shapes.into_iter().enumerate() {
        let args = format!("-c:a flac -sample_fmt {format}");
        let path = fixtures.tones(&format!("{index}.flac"), rate, channels, &args);
        bytes.extend(fs::read(path).unwrap());
    }
    let decoded = decode_bytes(bytes);
    let seconds = decoded.frames() as f64 / 48_000.0;
    assert!((seconds - 3.0 * SECONDS).abs() < 0.01, "{seconds}");
    assert_eq!(decoded.concealed, 0);
}

#[test]
fn opus_of_many_channels_is_mixed_to_two() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let layout =
        "-f lavfi -t 2 -i sine=frequency=400:sample_rate=48000 -af aformat=channel_layouts=mono";
    let mut names = Vec::new();
    for channels in [3, 7] {
        let name = format!("{channels}.opus");
        let pan: Vec<String> = (0..channels).map(|n| format!("c{n}=c0")).collect();
        let pan = format!(",pan={channels}c|{}", pan.join("|"));
        let args = format!("{layout}{pan} -c:a libopus -mapping_family 255 OUT");
        names.push((channels, fixtures.ffmpeg(&name, &args)));
    }
    for (channels, path) in names {
        let decoded = decode_file(&path).unwrap();
        assert_eq!(decoded.info.channels, channels);
        assert_eq!(decoded.frames(), 96_000);
        // All channels have the same tone, of which the mix is the average.
        let reference = ffmpeg_decode_to("-af pan=mono|c0=c0", &path);
        let ours = decoded.channel(0);
        let snr = snr(&ours, &reference);
        assert!(snr > 40.0, "{channels}: {snr} dB");
    }
}

/// ffmpeg takes 16 channels for a layout of which it mixes the first eight.
#[test]
fn opus_of_16_channels_is_mixed_as_by_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let tones: Vec<String> = (0..16)
        .map(|n| {
            format!(
                "{}*sin(2*PI*{}*t)",
                0.05 + 0.01 * f64::from(n),
                300 + 100 * n
            )
        })
        .collect();
    let input = format!("-f lavfi -i aevalsrc={}:s=48000:d=2", tones.join("|"));
    let args = format!("{input} -c:a libopus -mapping_family 255 -b:a 1M OUT");
    let path = fixtures.ffmpeg("16.opus", &args);
    let decoded = decode_file(&path).unwrap();
    assert_eq!(decoded.info.channels, 16);
    let reference = ffmpeg_decode_to("-ac 2", &path);
    // ffmpeg scales the sums down, so compare the shapes.
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| f64::from(a) * f64::from(b))
            .sum()
    };
    let (ours, theirs) = (&decoded.samples, &reference);
    let norm = (product(ours, ours) * product(theirs, theirs)).sqrt();
    assert!(product(ours, theirs) / norm > 0.999);
}
