//! Truncated and damaged files, and files without supported audio.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use tonearm_media::{FileError, Limits, OpenedFile, PcmSource, Selection};
use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, decode_reader, mp3, open};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode};
use crate::formats::MP3_DELAY;

fn decode_truncated(path: &Path, part: f64) -> Result<Decoded, FileError> {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate((bytes.len() as f64 * part) as usize);
    decode_reader(Cursor::new(bytes), &Limits::default())
}

#[test]
fn the_intact_part_of_a_truncated_file_is_decoded() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let video = "-c:v libx264 -preset ultrafast -c:a";
    for (name, args) in [
        ("front.mp4", format!("{video} aac -movflags +faststart")),
        (
            "frag.mp4",
            format!("{video} aac -movflags +frag_keyframe+empty_moov -g 10"),
        ),
        ("aac.mkv", format!("{video} aac")),
        ("flac.mkv", format!("{video} flac")),
        ("opus.webm", "-c:a libopus".to_owned()),
        (
            "vorbis.ogg",
            "-c:a libvorbis -page_duration 100000".to_owned(),
        ),
        ("opus.ogg", "-c:a libopus -page_duration 100000".to_owned()),
        ("a.mp3", "-c:a libmp3lame".to_owned()),
        ("a.aac", "-c:a aac".to_owned()),
        ("a.flac", String::new()),
        ("a.wav", String::new()),
        ("a.aiff", String::new()),
        ("a.caf", String::new()),
        ("a.ac3", String::new()),
        ("latm.aac", "-c:a aac -f latm".to_owned()),
    ] {
        let path = match args.contains("-c:v") {
            true => fixtures.video(name, 48_000, 2, &args),
            false => fixtures.tones(name, 48_000, 2, &args),
        };
        let decoded =
            decode_truncated(&path, 0.6).unwrap_or_else(|error| panic!("{name}: {error}"));
        let seconds = decoded.frames() as f64 / 48_000.0;
        let range = 0.25 * SECONDS..0.8 * SECONDS;
        assert!(range.contains(&seconds), "{name}: {seconds} s");
        assert!(decoded.tone(0, 400.0) > 0.4, "{name}");
        assert!(decoded.is_truncated, "{name}");
    }
}

/// The length matches ffmpeg's to within a packet.
#[test]
fn a_truncated_stream_is_decoded_to_its_end_and_reported() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args) in [
        ("mp3.avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("pcm.avi", "-c:v mpeg4 -c:a pcm_s16le"),
        ("aac.flv", "-c:v flv -c:a aac"),
        ("aac.ts", "-c:v mpeg2video -c:a aac"),
        ("ac3.ts", "-c:v mpeg2video -c:a ac3"),
        ("mp2.mpg", "-c:v mpeg2video -c:a mp2"),
        ("aac.m2ts", "-c:v mpeg2video -c:a aac"),
        ("lpcm.m2ts", "-c:v mpeg2video -c:a pcm_bluray"),
        ("lpcm.vob", "-c:v mpeg2video -c:a pcm_dvd"),
        ("mp3.wav", "-c:a libmp3lame"),
        ("pcm.wav", ""),
        ("pcm.w64", ""),
        ("a.rf64.wav", "-rf64 always"),
    ] {
        let path = match args.contains("-c:v") {
            true => fixtures.video(name, 48_000, 2, args),
            false => fixtures.tones(name, 48_000, 2, args),
        };
        let mut bytes = fs::read(&path).unwrap();
        // An odd number of bytes, so that no packet ends there.
        bytes.truncate(bytes.len() * 6 / 10 / 2 * 2 + 1);
        let cut = fixtures.path(&format!("cut-{name}"));
        fs::write(&cut, bytes).unwrap();
        let decoded = decode_file(&cut).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(decoded.is_truncated, "{name}");
        let reference = ffmpeg_decode(&cut).len() / 2;
        let difference = reference.abs_diff(decoded.frames());
        // ffmpeg plays the delay of MP3 where the container does not state it.
        let delay = if name == "mp3.avi" { MP3_DELAY } else { 0 };
        assert!(difference <= 2048 + delay, "{name}: {difference}");
    }
}

/// Wrong bytes are spread over the whole stream.
#[test]
fn decoding_resumes_after_damage() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args) in [
        ("mp3.avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("aac.flv", "-c:v flv -c:a aac"),
        ("aac.ts", "-c:v mpeg2video -c:a aac"),
        ("ac3.ts", "-c:v mpeg2video -c:a ac3"),
        ("mp2.mpg", "-c:v mpeg2video -c:a mp2"),
        ("aac.m2ts", "-c:v mpeg2video -c:a aac"),
        ("lpcm.m2ts", "-c:v mpeg2video -c:a pcm_bluray"),
        ("lpcm.vob", "-c:v mpeg2video -c:a pcm_dvd"),
        ("a.ac3", ""),
    ] {
        let path = match args.contains("-c:v") {
            true => fixtures.video(name, 48_000, 2, args),
            false => fixtures.tones(name, 48_000, 2, args),
        };
        let intact = decode_file(&path).unwrap().frames();
        let mut bytes = fs::read(&path).unwrap();
        for pos in (9000..bytes.len()).step_by(5003) {
            bytes[pos] ^= 0x55;
        }
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        let ratio = decoded.frames() as f64 / intact as f64;
        assert!((0.7..1.05).contains(&ratio), "{name}: {ratio}");
    }
}

#[test]
fn copy_protected_audio_is_refused() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let mut mp4 = fs::read(fixtures.tones("a.mp4", 48_000, 2, "-c:a aac")).unwrap();
    let pos = mp4.windows(4).position(|four| four == b"mp4a").unwrap();
    mp4[pos..pos + 4].copy_from_slice(b"enca");

    // Replaces the track's UID with a content encoding of type encryption.
    let mut mkv = fs::read(fixtures.tones("a.mkv", 48_000, 2, "-c:a aac")).unwrap();
    let pos = mkv.windows(3).position(|three| three == [0x73, 0xc5, 0x88]);
    let pos = pos.unwrap();
    let encryption = [
        0x6d, 0x80, 0x88, 0x62, 0x40, 0x85, 0x50, 0x35, 0x82, 0xec, 0x80,
    ];
    mkv[pos..pos + 11].copy_from_slice(&encryption);

    // Marks the packets of the audio stream as scrambled with the even key.
    let mut ts = fs::read(fixtures.tones("a.ts", 48_000, 2, "-c:a aac")).unwrap();
    for packet in ts.chunks_mut(188) {
        if [packet[1] & 0x1f, packet[2]] == [1, 0] {
            packet[3] |= 0x80;
        }
    }
    let mut flv = fs::read(fixtures.tones("a.flv", 48_000, 2, "-c:a libmp3lame")).unwrap();
    let script = usize::from(flv[15]) << 8 | usize::from(flv[16]);
    flv[13 + 11 + script + 4] |= 0x20;
    for (name, bytes) in [("mp4", mp4), ("mkv", mkv), ("ts", ts), ("flv", flv)] {
        match decode_reader(Cursor::new(bytes), &Limits::default()) {
            Err(error @ FileError::UnsupportedCodec { .. }) => {
                assert!(
                    error.to_string().contains("copy-protected"),
                    "{name}: {error}"
                );
                assert!(error.is_permanent());
            }
            other => panic!("{name}: {:?}", other.map(|decoded| decoded.info)),
        }
    }
}

#[test]
fn an_mp4_without_its_index_is_damaged() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.video(
        "end.mp4",
        48_000,
        2,
        "-c:v libx264 -preset ultrafast -c:a aac",
    );
    let error = decode_truncated(&path, 0.6).err().unwrap();
    assert_eq!(error.code(), "damaged_media");
    assert!(error.is_permanent());
}

#[test]
fn damaged_packets_become_silence_of_their_length() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args, range) in [
        ("a.m4a", "-c:a aac -movflags +faststart", 3000..20_000),
        ("a.mkv", "-c:a aac", 3000..20_000),
        (
            "alac.m4a",
            "-c:a alac -movflags +faststart",
            20_000..200_000,
        ),
    ] {
        let path = fixtures.tones(name, 44_100, 2, args);
        let intact = decode_file(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for pos in range.step_by(211) {
            bytes[pos] ^= 0x55;
        }
        let decoded = decode_reader(Cursor::new(bytes), &Limits::default()).unwrap();
        assert!(decoded.concealed > 0, "{name}");
        assert_eq!(decoded.frames(), intact.frames(), "{name}");
    }
}

#[test]
fn a_video_without_audio_is_an_error() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for name in [
        "a.mp4", "a.mkv", "a.mov", "frag.mp4", "a.avi", "a.flv", "a.ts", "a.mpg",
    ] {
        let flags = if name == "frag.mp4" {
            "-movflags +frag_keyframe+empty_moov"
        } else {
            ""
        };
        let video = if name == "a.mpg" {
            "mpeg2video"
        } else {
            "libx264"
        };
        let path = fixtures.ffmpeg(
            name,
            &format!("-f lavfi -t 1 -i testsrc=size=128x72 -c:v {video} {flags} OUT"),
        );
        assert_eq!(
            decode_file(&path).err().unwrap().code(),
            "no_audio_track",
            "{name}"
        );
    }
}

#[test]
fn errors_name_codecs_without_a_decoder() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let cases = [
        ("dts.mkv", "-c:a dca -strict -2", "DTS"),
        ("wv.mkv", "-c:a wavpack", "WavPack"),
        ("dts.ts", "-c:a dca -strict -2", "DTS"),
        ("dts.wav", "-c:a dca -strict -2", "DTS"),
        ("aac.wav", "-c:a aac", "AAC in WAV"),
        ("wma.avi", "-c:a wmav2", "WMA 2"),
        ("wma.wma", "-c:a wmav1", "WMA 1"),
        ("swf.flv", "-c:a adpcm_swf", "ADPCM"),
        ("nelly.flv", "-c:a nellymoser -ac 1", "Nellymoser"),
        ("speex.flv", "-c:a libspeex -ar 16000 -ac 1", "Speex"),
    ];
    for (name, args, codec) in cases {
        let path = fixtures.tones(name, 44_100, 2, args);
        // Without a plugin.
        let file = OpenedFile::open(File::open(path).unwrap(), &Limits::default()).unwrap();
        match PcmSource::open(file, &mp3(), &Selection::default()) {
            Err(FileError::UnsupportedCodec { name: found }) => assert_eq!(found, codec),
            other => panic!("{name}: {:?}", other.map(|source| source.info().clone())),
        }
    }
}

#[test]
fn unsupported_containers_and_other_files_are_refused() {
    let tak = open(
        Cursor::new(b"tBaK\x01\x0d\0\0".repeat(100)),
        &Limits::default(),
        &mp3(),
        &Selection::default(),
    );
    assert_eq!(
        tak.err().map(|error| error.code()),
        Some("unsupported_container")
    );
    for bytes in [
        &b""[..],
        b"Just a text.\n",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        &[0; 5000],
    ] {
        let error = open(
            Cursor::new(bytes.to_vec()),
            &Limits::default(),
            &mp3(),
            &Selection::default(),
        );
        assert_eq!(error.err().unwrap().code(), "not_media");
    }
}

#[test]
fn a_file_over_any_limit_is_refused() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wav", 96_000, 2, "-c:a pcm_s16le");
    let stated = fixtures.tones("a.m4a", 44_100, 2, "-c:a aac");
    let unstated = fixtures.tones("a.aac", 44_100, 2, "-c:a aac");
    let defaults = Limits::default();
    let cases = [
        (
            &path,
            Limits {
                max_bytes: 1000,
                ..defaults.clone()
            },
            "1000 bytes",
        ),
        (
            &path,
            Limits {
                max_channels: 1,
                ..defaults.clone()
            },
            "1 channels",
        ),
        (
            &path,
            Limits {
                max_sample_rate: 48_000,
                ..defaults.clone()
            },
            "48000 Hz sample rate",
        ),
        (
            &path,
            Limits {
                max_samples: 100_000,
                ..defaults.clone()
            },
            "100000 decoded samples",
        ),
        (
            &stated,
            Limits {
                max_seconds: 3,
                ..defaults.clone()
            },
            "3 seconds of sound",
        ),
        (
            &unstated,
            Limits {
                max_seconds: 2,
                ..defaults
            },
            "2 seconds of sound",
        ),
    ];
    for (path, limits, limit) in cases {
        let error = decode_reader(File::open(path).unwrap(), &limits)
            .err()
            .unwrap();
        let expected = format!("The file is too large: the limit is {limit}.");
        assert_eq!(error.to_string(), expected);
        assert!(error.is_permanent());
    }
}
