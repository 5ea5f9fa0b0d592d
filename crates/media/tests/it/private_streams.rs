//! Private streams of transport streams, whose codec is detected from their bytes.

use std::fs;
use std::io::Cursor;

use tonearm_media::{Container, FileError, Limits};
use tonearm_test_tools::require_tool;

use crate::decoding::{decode_file, decode_reader};
use crate::fixtures::Fixtures;
use crate::formats::Length::Ffmpeg;
use crate::formats::{CLOSE, check_same};

/// ffmpeg writes them to M2TS with a private stream type.
#[test]
fn aac_and_mpeg_audio_in_m2ts_are_detected() {
    require_tool!("ffmpeg");
    check_same(
        ("AAC", 48_000, 2),
        (Ffmpeg, CLOSE),
        &[
            ("aac.m2ts", "X264 -c:a aac"),
            ("alone.m2ts", "-c:a aac"),
            ("latm.m2ts", "X264 -c:a aac -mpegts_flags latm"),
        ],
    );
    let mp3 = [("mp3.m2ts", "X264 -c:a libmp3lame")];
    check_same(("MP3", 44_100, 2), (Ffmpeg, CLOSE), &mp3);
    let mp2 = [("mp2.m2ts", "-c:v mpeg2video -c:a mp2")];
    check_same(("MP2", 48_000, 2), (Ffmpeg, CLOSE), &mp2);
}

/// Makes the stream type private and removes the descriptors of the codec.
#[test]
fn every_codec_is_detected_without_type_and_descriptors() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args, codec) in [
        ("aac.ts", "-c:a aac", "AAC"),
        ("ac3.ts", "-c:a ac3", "AC-3 (Dolby Digital)"),
        ("eac3.ts", "-c:a eac3", "E-AC-3 (Dolby Digital Plus)"),
        ("mp2.ts", "-c:a mp2", "MP2"),
    ] {
        let path = fixtures.tones(name, 48_000, 2, args);
        let intact = decode_file(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for packet in bytes.chunks_exact_mut(188) {
            if packet[1..3] == [0x50, 0] {
                // Stream type, PID, length of the descriptors, descriptors.
                packet[17] = 6;
                let end = 22 + usize::from(packet[21]);
                let mut at = 22;
                while at < end {
                    // The tag of the language descriptor.
                    packet[at] = 0x0a;
                    at += 2 + usize::from(packet[at + 1]);
                }
            }
        }
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        assert_eq!(decoded.info.container, Container::MpegTs, "{name}");
        assert_eq!(decoded.info.codec, codec, "{name}");
        assert_eq!(decoded.samples, intact.samples, "{name}");
    }
}

/// Private streams with arbitrary bytes beside a video must not be detected as audio.
#[test]
fn other_private_data_is_not_audio() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let noise = "-f lavfi -i anoisesrc=d=3:r=48000";
    let video = "-f lavfi -t 3 -i testsrc=size=128x72:rate=25";
    for (name, args) in [
        ("pcm.ts", "-c:a pcm_s16be"),
        ("flac.ts", "-c:a flac"),
        ("vorbis.ts", "-c:a libvorbis -q:a 9"),
        ("alone.ts", "-vn -c:a pcm_s16le"),
    ] {
        let args = format!("{video} {noise} -c:v mpeg2video {args} OUT");
        let outcome = decode_file(&fixtures.ffmpeg(name, &args));
        let is_refused = matches!(outcome, Err(FileError::NoAudioTrack));
        assert!(
            is_refused,
            "{name}: {:?}",
            outcome.map(|decoded| decoded.info)
        );
    }
}
