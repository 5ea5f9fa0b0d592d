//! Private data in transport streams, of which only its own bytes tell what it is.

use std::fs;
use std::io::Cursor;

use tonearm_media::{Container, FileError, Limits};

use crate::decoding::{decode_file, decode_reader};
use crate::formats::Length::Ffmpeg;
use crate::formats::{CLOSE, check_same};
use crate::make::Fixtures;

/// ffmpeg gives them no type of their own in M2TS.
#[test]
fn aac_and_mpeg_audio_in_m2ts() {
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

/// The table of ffmpeg's plain streams with the type of each track made private,
/// and what described it made padding.
#[test]
fn every_known_codec_without_a_word_on_it() {
    let fixtures = Fixtures::new();
    for (name, words, codec) in [
        ("aac.ts", "-c:a aac", "AAC"),
        ("ac3.ts", "-c:a ac3", "AC-3 (Dolby Digital)"),
        ("eac3.ts", "-c:a eac3", "E-AC-3 (Dolby Digital Plus)"),
        ("mp2.ts", "-c:a mp2", "MP2"),
    ] {
        let path = fixtures.tones(name, 48_000, 2, words);
        let whole = decode_file(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for packet in bytes.chunks_exact_mut(188) {
            if packet[1..3] == [0x50, 0] {
                // Type, PID, length of descriptors, and those.
                packet[17] = 6;
                let end = 22 + usize::from(packet[21]);
                let mut at = 22;
                while at < end {
                    // The language's tag, which says nothing of the codec.
                    packet[at] = 0x0a;
                    at += 2 + usize::from(packet[at + 1]);
                }
            }
        }
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        assert_eq!(decoded.info.container, Container::MpegTs, "{name}");
        assert_eq!(decoded.info.codec, codec, "{name}");
        assert_eq!(decoded.samples, whole.samples, "{name}");
    }
}

/// Bytes of any value beside a film are no sound.
#[test]
fn other_private_data_is_no_audio() {
    let fixtures = Fixtures::new();
    let noise = "-f lavfi -i anoisesrc=d=3:r=48000";
    let film = "-f lavfi -t 3 -i testsrc=size=128x72:rate=25";
    for (name, words) in [
        ("pcm.ts", "-c:a pcm_s16be"),
        ("flac.ts", "-c:a flac"),
        ("vorbis.ts", "-c:a libvorbis -q:a 9"),
        ("alone.ts", "-vn -c:a pcm_s16le"),
    ] {
        let words = format!("{film} {noise} -c:v mpeg2video {words} OUT");
        let found = decode_file(&fixtures.ffmpeg(name, &words));
        let is_refused = matches!(found, Err(FileError::NoAudioTrack));
        assert!(
            is_refused,
            "{name}: {:?}",
            found.map(|decoded| decoded.info)
        );
    }
}
