//! The packets of demuxers whose codecs only a decoder plugin decodes, compared with those
//! that ffmpeg's demuxers give to its decoders.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use tonearm_media_core::{
    Codec, CodecSet, Demuxer, FileError, Input, Limits, Packet, ReadStep, TrackChoice,
    TrackSelector,
};
use tonearm_test_tools::require_tool;

use crate::fixtures::Fixtures;

/// The packets of a track.
#[derive(Debug, Default, PartialEq)]
pub struct Packets {
    pub sizes: Vec<usize>,
    /// Milliseconds, where stated.
    pub times: Vec<Option<i64>>,
    pub data: Vec<u8>,
    pub is_truncated: bool,
}

/// Opens the default track of a file.
pub fn open(path: &Path) -> Result<Box<dyn Demuxer>, FileError> {
    open_track(path, TrackSelector::Default)
}

/// Opens a track of a file.
pub fn open_track(path: &Path, selector: TrackSelector) -> Result<Box<dyn Demuxer>, FileError> {
    let mut input = Input::new(File::open(path).unwrap())?.counting(Limits::default().max_items);
    let (container, start) = tonearm_demux::probe(&mut input)?;
    let mut choice = TrackChoice::from(selector);
    choice.decodable = CodecSet::with_plugin(Codec::ALL.iter().copied());
    tonearm_demux::open(input, container, start, &choice)
}

/// Reads the packets of the default track.
pub fn ours(path: &Path) -> Packets {
    read_all(&mut *open(path).unwrap())
}

/// Reads the packets of a track.
pub fn read_all(demuxer: &mut dyn Demuxer) -> Packets {
    let (mut packet, mut packets) = (Packet::default(), Packets::default());
    loop {
        match demuxer.next(&mut packet) {
            Ok(ReadStep::Packet) => {
                packets.sizes.push(packet.data.len());
                packets.times.push(packet.time.map(|time| time / 1_000_000));
                packets.data.extend_from_slice(&packet.data);
            }
            Ok(ReadStep::Busy | ReadStep::NewTrack) => {}
            Ok(ReadStep::End) => return packets,
            Err(FileError::Damaged { .. }) => {
                packets.is_truncated = true;
                return packets;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// The packets of the first audio track as ffmpeg's demuxer returns them.
pub fn theirs(path: &Path) -> Packets {
    let run = |program: &str, args: &str| {
        let output = Command::new(program)
            .args(["-v", "error"])
            .args(args.split_whitespace())
            .arg("-i")
            .arg(path)
            .args(match program {
                "ffmpeg" => "-map 0:a:0 -c copy -f data -".split_whitespace(),
                _ => "".split_whitespace(),
            })
            .output()
            .unwrap();
        output.stdout
    };
    let list = run(
        "ffprobe",
        "-select_streams a:0 -show_entries packet=pts_time,size -of csv=p=0",
    );
    let mut packets = Packets {
        data: run("ffmpeg", ""),
        ..Packets::default()
    };
    for line in String::from_utf8(list).unwrap().lines() {
        let mut fields = line.trim_end_matches(',').split(',');
        let time: Option<f64> = fields.next().unwrap().parse().ok();
        packets
            .times
            .push(time.map(|seconds| (seconds * 1e3).round() as i64));
        packets.sizes.push(fields.next().unwrap().parse().unwrap());
    }
    packets
}

/// Checks that a file has the packets of ffmpeg. Returns both.
pub fn check_data(path: &Path) -> (Packets, Packets) {
    let (ours, theirs) = (ours(path), theirs(path));
    let name = path.display();
    assert!(!ours.sizes.is_empty(), "{name}");
    assert_eq!(ours.sizes, theirs.sizes, "{name}");
    assert_eq!(ours.data, theirs.data, "{name}");
    (ours, theirs)
}

/// Checks that a file has the packets of ffmpeg, at the same distances in time.
pub fn check(path: &Path) -> Packets {
    let (ours, theirs) = check_data(path);
    let name = path.display();
    let pairs = ours.times.iter().zip(&theirs.times);
    let offsets: Vec<i64> = pairs
        .filter_map(|(&our, &their)| Some(our? - their?))
        .collect();
    for offset in &offsets {
        assert!((offset - offsets[0]).abs() <= 1, "{name}: {offsets:?}");
    }
    ours
}

#[test]
fn asf_has_the_packets_of_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, rate, channels, args) in [
        ("one.wma", 44_100, 2, "-c:a wmav1"),
        ("two.wma", 48_000, 1, "-c:a wmav2 -b:a 64k"),
        ("low.wma", 16_000, 1, "-c:a wmav2 -b:a 24k"),
        // Objects that extend over several data packets, and several in one.
        (
            "small.wma",
            44_100,
            2,
            "-c:a wmav2 -b:a 192k -packet_size 200",
        ),
        ("large.wma", 44_100, 2, "-c:a wmav2 -packet_size 20000"),
        ("pcm.wma", 44_100, 2, "-c:a pcm_s16le"),
        ("aac.wma", 44_100, 2, "-c:a aac"),
        ("ac3.wma", 48_000, 2, "-c:a ac3"),
    ] {
        let path = fixtures.tones(name, rate, channels, args);
        let packets = check(&path);
        assert!(packets.times[0].is_some(), "{name}");
    }
    let film = fixtures.video("film.wmv", 44_100, 2, "-c:v msmpeg4 -c:a wmav2");
    let packets = check(&film);
    // The picture begins after the delay of the encoder, a frame. The first two frames of
    // the sound are discarded, so it is audible a frame after the picture.
    assert_eq!(packets.times[0], Some(46));
}

/// The packets of a changed copy of a file.
fn changed(path: &Path, change: impl FnOnce(&mut Vec<u8>)) -> Packets {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    let copy = path.with_file_name("changed");
    std::fs::write(&copy, bytes).unwrap();
    ours(&copy)
}

/// The largest distance between the times of two packets in milliseconds.
fn largest_gap(packets: &Packets) -> i64 {
    let times: Vec<i64> = packets.times.iter().flatten().copied().collect();
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
    gaps.max().unwrap()
}

#[test]
fn damage_in_asf_costs_the_damaged_packets_and_times_reveal_it() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wma", 44_100, 2, "-c:a wmav2 -b:a 128k");
    let whole = ours(&path);
    assert!(largest_gap(&whole) < 50);
    let quarter = std::fs::metadata(&path).unwrap().len() as usize / 4;
    // Data packets of 3,200 bytes have four or five objects each.
    for (what, lost, damaged) in [
        (
            "overwritten",
            5,
            changed(&path, |bytes| bytes[quarter..quarter + 400].fill(0xa5)),
        ),
        (
            "zeros",
            15,
            changed(&path, |bytes| bytes[quarter..quarter + 6400].fill(0)),
        ),
        (
            "cut out",
            10,
            changed(&path, |bytes| {
                bytes.drain(quarter..quarter + 1000);
            }),
        ),
    ] {
        assert!(!damaged.is_truncated, "{what}");
        assert!(damaged.sizes.len() + lost >= whole.sizes.len(), "{what}");
        assert_eq!(damaged.times.last(), whole.times.last(), "{what}");
        assert!(largest_gap(&damaged) < 50 * (lost as i64 + 1), "{what}");
    }
    let truncated = changed(&path, |bytes| bytes.truncate(quarter * 3));
    assert!(truncated.is_truncated);
    assert!(truncated.sizes.len() * 3 > whole.sizes.len() * 2);
}

#[test]
fn asf_without_sizes_is_read_to_its_end() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wma", 44_100, 2, "-c:a wmav2");
    let whole = ours(&path);
    let live = changed(&path, |bytes| {
        // A live stream: no length, no sizes, and the flag that says so.
        let properties = b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11";
        let at = find(bytes, properties);
        bytes[at + 40..at + 80].fill(0);
        bytes[at + 88] |= 1;
        let data = find(bytes, b"\x36\x26\xb2\x75\x8e\x66\xcf\x11");
        bytes[data + 16..data + 24].fill(0);
    });
    assert_eq!((live.sizes, live.is_truncated), (whole.sizes, false));
}

#[test]
fn protected_asf_is_refused_by_name() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wma", 44_100, 2, "-c:a wmav2");
    let mut bytes = std::fs::read(&path).unwrap();
    // The codec list, which players do not need, becomes a Content Encryption Object.
    let at = find(&bytes, b"\x40\x52\xd1\x86\x1d\x31\xd0\x11");
    let encryption = b"\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\0\xa0\xc9\x55\xfc\x6e";
    bytes[at..at + 16].copy_from_slice(encryption);
    std::fs::write(&path, bytes).unwrap();
    let error = open(&path).err().unwrap().to_string();
    assert!(error.contains("a copy-protected stream"), "{error}");
}

fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    let found = bytes.windows(wanted.len()).position(|part| part == wanted);
    found.unwrap()
}

#[test]
fn amr_has_the_packets_of_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let speech = [&[0x3c; 1][..], &[0; 31]].concat();
    let narrow = [b"#!AMR\n".to_vec(), speech.repeat(50), vec![0x7c; 10]].concat();
    let mut wide = b"#!AMR-WB\n".to_vec();
    for (kind, bytes) in [18, 24, 33, 37, 41, 47, 51, 59, 61, 6]
        .into_iter()
        .enumerate()
    {
        wide.push((kind as u8) << 3 | 4);
        wide.extend(vec![0x55; bytes - 1]);
    }
    for (name, bytes) in [("n.amr", narrow), ("w.awb", wide)] {
        let path = fixtures.path(name);
        std::fs::write(&path, bytes).unwrap();
        check(&path);
    }
}
