//! Containers of lossless codecs, and Musepack.

use std::path::{Path, PathBuf};

use tonearm_media_core::{Codec, Packet};
use tonearm_test_tools::require_tool;

use crate::compare::{Files, assert_as_ffmpegs, demuxer, ffmpegs, ours, read_all};

/// Name, codec, options of ffmpeg.
const FILES: &[(&str, Codec, &str)] = &[
    ("mono.wv", Codec::WavPack, ""),
    ("24.wv", Codec::WavPack, "-ac 2 -sample_fmt s32p"),
    (
        "float.wv",
        Codec::WavPack,
        "-ac 2 -sample_fmt fltp -ar 37800",
    ),
    ("surround.wv", Codec::WavPack, "-ac 6"),
    ("mono.tta", Codec::Tta, ""),
    (
        "long.tta",
        Codec::Tta,
        "-ac 2 -af aloop=-1:22050,atrim=end=3.5",
    ),
    ("24.tta", Codec::Tta, "-ac 2 -sample_fmt s32"),
];

#[test]
fn packets_and_configuration_are_those_of_ffmpeg() {
    require_tool!("ffmpeg");
    require_tool!("ffprobe");
    let files = Files::new();
    for &(name, codec, options) in FILES {
        assert_as_ffmpegs(name, &files.make(name, options), codec);
    }
}

#[test]
fn the_stated_length_is_exact() {
    require_tool!("ffmpeg");
    let files = Files::new();
    for &(name, _, options) in FILES {
        let mut demuxer = demuxer(&files.make(name, options));
        let ticks: u64 = read_all(&mut *demuxer).iter().map(|packet| packet.1).sum();
        let track = demuxer.track();
        let expected = if name.starts_with("long") { 3.5 } else { 0.5 };
        let exact = (expected * f64::from(track.tick_rate)).round();
        assert_eq!(ticks as f64, exact, "{name}");
        let stated = track.seconds.unwrap() * f64::from(track.tick_rate);
        assert!((stated - exact).abs() < 0.1, "{name}: {stated}");
    }
}

#[test]
fn reading_resumes_at_each_position() {
    require_tool!("ffmpeg");
    let files = Files::new();
    let mut paths: Vec<PathBuf> = ["long.tta", "long.wv"]
        .map(|name| files.make(name, "-ac 2 -af aloop=-1:22050,atrim=end=3.5"))
        .to_vec();
    paths.push(files.write("a.dsf", &dsf(1, 2, 4096 * 3 + 100)));
    for path in paths {
        let all = read_all(&mut *demuxer(&path));
        assert!(all.len() >= 4, "{path:?}");
        let mut first = demuxer(&path);
        for from in 0..all.len() {
            let position = first.position().unwrap();
            let mut second = demuxer(&path);
            second.seek(position).unwrap();
            assert_eq!(read_all(&mut *second), all[from..], "{path:?} {from}");
            first.skip_packet(&mut Packet::default()).unwrap();
        }
    }
}

/// The samples of each packet determine its time.
#[test]
fn a_missing_wavpack_block_is_a_gap() {
    require_tool!("ffmpeg");
    let files = Files::new();
    let path = files.make("a.wv", "-ac 2 -af aloop=-1:22050,atrim=end=3.5");
    let all = read_all(&mut *demuxer(&path));
    let mut bytes = std::fs::read(&path).unwrap();
    let second = all[0].0.len();
    bytes.drain(second..second + 100);
    let damaged = files.write("b.wv", &bytes);
    let mut demuxer = demuxer(&damaged);
    let mut packet = Packet::default();
    let mut times = Vec::new();
    while let Ok(step) = demuxer.next(&mut packet) {
        match step {
            tonearm_media_core::ReadStep::Packet => times.push(packet.time.unwrap()),
            tonearm_media_core::ReadStep::End => break,
            _ => {}
        }
    }
    assert_eq!(times.len(), all.len() - 1);
    let samples = all[0].1 + all[1].1;
    let expected = samples as i64 * 1_000_000_000 / 44_100;
    assert_eq!(times[..2], [0, expected]);
}

/// A DSF file of counting bytes: bits per sample in its sense, channels, bytes of a channel.
fn dsf(bits: u32, channels: u32, bytes: u64) -> Vec<u8> {
    let blocks = bytes.div_ceil(4096);
    let data = blocks * 4096 * u64::from(channels);
    let mut file = b"DSD ".to_vec();
    file.extend(28u64.to_le_bytes());
    file.extend((28 + 52 + 12 + data).to_le_bytes());
    file.extend(0u64.to_le_bytes());
    file.extend(b"fmt ");
    file.extend(52u64.to_le_bytes());
    for number in [1, 0, channels, channels, 2_822_400, bits] {
        file.extend(number.to_le_bytes());
    }
    file.extend((bytes * 8).to_le_bytes());
    file.extend(4096u32.to_le_bytes());
    file.extend(0u32.to_le_bytes());
    file.extend(b"data");
    file.extend((12 + data).to_le_bytes());
    file.extend((0..data).map(|n| (n / 7) as u8));
    file
}

/// The same as DSDIFF.
fn dsdiff(channels: &[&[u8; 4]], bytes: u64) -> Vec<u8> {
    let chunk = |id: &[u8; 4], body: &[u8]| {
        let mut chunk = id.to_vec();
        chunk.extend((body.len() as u64).to_be_bytes());
        chunk.extend(body);
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    let mut ids = (channels.len() as u16).to_be_bytes().to_vec();
    ids.extend(channels.iter().copied().flatten());
    let properties = [
        b"SND ".to_vec(),
        chunk(b"FS  ", &5_644_800u32.to_be_bytes()),
        chunk(b"CHNL", &ids),
        chunk(b"CMPR", b"DSD \x0enot compressed"),
    ];
    let data: Vec<u8> = (0..bytes * channels.len() as u64)
        .map(|n| (n / 7) as u8)
        .collect();
    let body = [
        b"DSD ".to_vec(),
        chunk(b"FVER", &[1, 5, 0, 0]),
        chunk(b"PROP", &properties.concat()),
        chunk(b"DSD ", &data),
    ];
    chunk(b"FRM8", &body.concat())
}

#[test]
fn dsd_has_the_packets_of_ffmpeg() {
    require_tool!("ffprobe");
    let files = Files::new();
    for (bits, codec) in [(1, Codec::DsdLsbPlanar), (8, Codec::DsdMsbPlanar)] {
        let path = files.write("a.dsf", &dsf(bits, 2, 4096 * 3 + 100));
        assert_as_ffmpegs("DSF", &path, codec);
        let ticks = read_all(&mut *demuxer(&path))
            .iter()
            .map(|packet| packet.1)
            .sum();
        assert_eq!(4096 * 3 + 100u64, ticks);
    }
    let path = files.write("a.dff", &dsdiff(&[b"SLFT", b"SRGT"], 20_001));
    let (track, our) = ours(&path);
    assert_eq!(track.params.codec, Codec::DsdMsb);
    assert_eq!(track.params.sample_rate, Some(705_600));
    assert_eq!(our.total(), ffmpegs(&path).total());
}

/// The corpus of the fuzz targets has files of containers that ffmpeg does not write.
#[test]
fn old_and_new_monkeys_audio_and_musepack_have_the_packets_of_ffmpeg() {
    require_tool!("ffprobe");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, codec) in [
        ("demux_ape/new.ape", Codec::Ape),
        ("demux_ape/old.ape", Codec::Ape),
        ("demux_musepack7/sv7.mpc", Codec::Musepack7),
        ("demux_dsf/a.dsf", Codec::DsdLsbPlanar),
    ] {
        assert_as_ffmpegs(name, &corpus.join(name), codec);
    }
}

/// ffmpeg writes APEv2 tags at the end of these files.
#[test]
fn tags_at_the_end_are_read() {
    require_tool!("ffmpeg");
    let files = Files::new();
    for name in ["a.wv", "a.tta"] {
        let path = files.make(name, "-metadata title=Übung -metadata year=1999");
        let file = std::fs::File::open(&path).unwrap();
        let mut input = tonearm_media_core::Input::new(file).unwrap();
        let (container, start) = tonearm_demux::probe(&mut input).unwrap();
        let tags = tonearm_demux::read_tags(&mut input, container, start).unwrap();
        assert_eq!(tags.title.as_deref(), Some("Übung"), "{name}");
    }
}
