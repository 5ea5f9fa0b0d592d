//! Reads packets with the crate under test and with ffprobe.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tonearm_demux::{open, probe};
use tonearm_media_core::{
    Codec, CodecSet, Demuxer, Input, Packet, ReadStep, Track, TrackChoice, TrackSelector,
};

/// Length and Adler-32 checksum (RFC 1950) of a byte sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    pub length: u64,
    pub adler: u32,
}

const MODULUS: u64 = 65_521;

impl Sum {
    pub const EMPTY: Self = Self {
        length: 0,
        adler: 1,
    };

    pub fn of(bytes: &[u8]) -> Self {
        let (mut a, mut b) = (1, 0);
        for &byte in bytes {
            a = (a + u64::from(byte)) % MODULUS;
            b = (b + a) % MODULUS;
        }
        Self {
            length: bytes.len() as u64,
            adler: (b << 16 | a) as u32,
        }
    }

    /// The checksum of both sequences together.
    pub fn then(self, next: Self) -> Self {
        let parts = |sum: Self| (u64::from(sum.adler & 0xffff), u64::from(sum.adler >> 16));
        let ((a1, b1), (a2, b2)) = (parts(self), parts(next));
        let a = (a1 + a2 + MODULUS - 1) % MODULUS;
        let b = (b1 + b2 + next.length % MODULUS * (a1 + MODULUS - 1)) % MODULUS;
        Self {
            length: self.length + next.length,
            adler: (b << 16 | a) as u32,
        }
    }
}

/// The packets of a track, and the checksum of its configuration.
pub struct Packets {
    pub config: Sum,
    pub sums: Vec<Sum>,
}

impl Packets {
    /// The checksum of all packets together.
    pub fn total(&self) -> Sum {
        self.sums
            .iter()
            .fold(Sum::EMPTY, |total, &next| total.then(next))
    }
}

/// Opens a file as if every codec could be decoded.
pub fn demuxer(path: &Path) -> Box<dyn Demuxer> {
    let mut input = Input::new(File::open(path).unwrap()).unwrap();
    let (container, start) = probe(&mut input).unwrap();
    let decodable = CodecSet::with_plugin(Codec::ALL.iter().copied());
    let choice = TrackChoice::new(TrackSelector::Default, decodable);
    open(input, container, start, &choice).unwrap()
}

/// Reads up to the end; each packet with its ticks.
pub fn read_all(demuxer: &mut dyn Demuxer) -> Vec<(Vec<u8>, u64)> {
    let (mut packet, mut packets) = (Packet::default(), Vec::new());
    loop {
        match demuxer.next(&mut packet).unwrap() {
            ReadStep::Packet => packets.push((packet.data.clone(), packet.ticks)),
            ReadStep::Busy => {}
            ReadStep::NewTrack => panic!("the track changes"),
            ReadStep::End => return packets,
        }
    }
}

/// The track and packets of the crate under test.
pub fn ours(path: &Path) -> (Track, Packets) {
    let mut demuxer = demuxer(path);
    let packets = read_all(&mut *demuxer);
    let track = demuxer.track().clone();
    let packets = Packets {
        config: Sum::of(&track.params.config),
        sums: packets.iter().map(|(data, _)| Sum::of(data)).collect(),
    };
    (track, packets)
}

/// The packets of FFmpeg's demuxer.
pub fn ffmpegs(path: &Path) -> Packets {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "a:0", "-show_packets"])
        .args(["-show_streams", "-show_data_hash", "adler32"])
        .args(["-of", "compact=escape=none"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut packets = Packets {
        config: Sum::EMPTY,
        sums: Vec::new(),
    };
    for line in text.lines() {
        let field = |name: &str| line.split('|').find_map(|field| field.strip_prefix(name));
        let sum = |length: &str, hash: &str| Sum {
            length: field(length).map_or(0, |length| length.parse().unwrap()),
            adler: field(hash).map_or(1, |hash| {
                u32::from_str_radix(hash.trim_start_matches("adler32:"), 16).unwrap()
            }),
        };
        if line.starts_with("packet") {
            packets.sums.push(sum("size=", "data_hash="));
        } else if line.starts_with("stream") {
            packets.config = sum("extradata_size=", "extradata_hash=");
        }
    }
    packets
}

/// Asserts that codec, configuration and packets are those of FFmpeg's demuxer.
#[track_caller]
pub fn assert_as_ffmpegs(name: &str, path: &Path, codec: Codec) {
    let (track, our) = ours(path);
    let theirs = ffmpegs(path);
    assert_eq!(track.params.codec, codec, "{name}");
    assert_eq!(our.config, theirs.config, "{name}");
    assert_eq!(our.sums, theirs.sums, "{name}");
}

/// Files that ffmpeg makes.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A file of these bytes.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Half a second of a changing tone with noise, encoded with ffmpeg's options.
    pub fn make(&self, name: &str, options: &str) -> PathBuf {
        let path = self.0.path().join(name);
        let sound = "aevalsrc=0.4*sin(2000*t*(1+t))+0.1*random(0):s=44100:d=0.5";
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-bitexact", "-f", "lavfi"])
            .args(["-i", sound])
            .args(options.split_whitespace())
            .arg(&path)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {error}");
        path
    }
}
