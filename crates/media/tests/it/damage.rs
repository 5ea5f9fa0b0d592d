//! Files that were cut off or damaged, and files without sound.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use tonearm_media::{Budget, MediaError, Selection, Source};

use crate::listen::{Heard, hear, hear_reader, mp3};
use crate::make::{Desk, SECONDS};

fn cut(path: &Path, part: f64) -> Result<Heard, MediaError> {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate((bytes.len() as f64 * part) as usize);
    hear_reader(Cursor::new(bytes), &Budget::default())
}

#[test]
fn what_is_whole_of_a_cut_file_is_converted() {
    let desk = Desk::new();
    let film = "-c:v libx264 -preset ultrafast -c:a";
    for (name, words) in [
        ("front.mp4", format!("{film} aac -movflags +faststart")),
        (
            "frag.mp4",
            format!("{film} aac -movflags +frag_keyframe+empty_moov -g 10"),
        ),
        ("aac.mkv", format!("{film} aac")),
        ("flac.mkv", format!("{film} flac")),
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
    ] {
        let path = match words.contains("-c:v") {
            true => desk.film(name, 48_000, 2, &words),
            false => desk.tones(name, 48_000, 2, &words),
        };
        let heard = cut(&path, 0.6).unwrap_or_else(|error| panic!("{name}: {error}"));
        let seconds = heard.frames() as f64 / 48_000.0;
        let range = 0.25 * SECONDS..0.8 * SECONDS;
        assert!(range.contains(&seconds), "{name}: {seconds} s");
        assert!(heard.tone(0, 400.0) > 0.4, "{name}");
    }
}

#[test]
fn an_mp4_that_lost_its_index_is_damaged() {
    let desk = Desk::new();
    let path = desk.film(
        "end.mp4",
        48_000,
        2,
        "-c:v libx264 -preset ultrafast -c:a aac",
    );
    let error = cut(&path, 0.6).err().unwrap();
    assert_eq!(error.code(), "damaged_media");
    assert!(error.is_permanent());
}

#[test]
fn damaged_packets_become_silence_of_their_length() {
    let desk = Desk::new();
    for (name, words, range) in [
        ("a.m4a", "-c:a aac -movflags +faststart", 3000..20_000),
        ("a.mkv", "-c:a aac", 3000..20_000),
        (
            "alac.m4a",
            "-c:a alac -movflags +faststart",
            20_000..200_000,
        ),
    ] {
        let path = desk.tones(name, 44_100, 2, words);
        let whole = hear(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for at in range.step_by(211) {
            bytes[at] ^= 0x55;
        }
        let heard = hear_reader(Cursor::new(bytes), &Budget::default()).unwrap();
        assert!(heard.concealed > 0, "{name}");
        assert_eq!(heard.frames(), whole.frames(), "{name}");
    }
}

#[test]
fn a_silent_film_has_no_audio_track() {
    let desk = Desk::new();
    for name in ["a.mp4", "a.mkv", "a.mov", "frag.mp4"] {
        let flags = if name == "frag.mp4" {
            "-movflags +frag_keyframe+empty_moov"
        } else {
            ""
        };
        let path = desk.ffmpeg(
            name,
            &format!("-f lavfi -t 1 -i testsrc=size=128x72 -c:v libx264 {flags} OUT"),
        );
        assert_eq!(
            hear(&path).err().unwrap().code(),
            "no_audio_track",
            "{name}"
        );
    }
}

#[test]
fn codecs_without_a_decoder_are_named() {
    let desk = Desk::new();
    let cases = [
        ("dts.mkv", "-c:a dca -strict -2", "DTS"),
        ("wv.mkv", "-c:a wavpack", "WavPack"),
    ];
    for (name, words, codec) in cases {
        match hear(&desk.tones(name, 44_100, 2, words)) {
            Err(MediaError::UnsupportedCodec { name: found }) => assert_eq!(found, codec),
            other => panic!("{name}: {:?}", other.map(|heard| heard.info)),
        }
    }
}

#[test]
fn containers_that_are_not_read_are_named() {
    let desk = Desk::new();
    for (name, words) in [
        ("a.wma", "-c:a wmav2"),
        ("a.au", ""),
        ("a.wv", ""),
        ("a.tta", ""),
    ] {
        let error = hear(&desk.tones(name, 44_100, 2, words)).err().unwrap();
        assert_eq!(error.code(), "unsupported_container", "{name}: {error}");
    }
    for bytes in [
        &b""[..],
        b"Just a text.\n",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        &[0; 5000],
    ] {
        let error = Source::open(
            Cursor::new(bytes.to_vec()),
            &Budget::default(),
            &mp3(),
            &Selection::default(),
        );
        assert_eq!(error.err().unwrap().code(), "not_media");
    }
}

#[test]
fn the_budget_is_kept() {
    let desk = Desk::new();
    let path = desk.tones("a.wav", 96_000, 2, "-c:a pcm_s16le");
    let stated = desk.tones("a.m4a", 44_100, 2, "-c:a aac");
    let unstated = desk.tones("a.aac", 44_100, 2, "-c:a aac");
    let plenty = Budget::default();
    let cases = [
        (
            &path,
            Budget {
                max_bytes: 1000,
                ..plenty.clone()
            },
            "1000 bytes",
        ),
        (
            &path,
            Budget {
                max_channels: 1,
                ..plenty.clone()
            },
            "1 channels",
        ),
        (
            &path,
            Budget {
                max_sample_rate: 48_000,
                ..plenty.clone()
            },
            "48000 Hz sample rate",
        ),
        (
            &path,
            Budget {
                max_samples: 100_000,
                ..plenty.clone()
            },
            "100000 decoded samples",
        ),
        (
            &stated,
            Budget {
                max_seconds: 3,
                ..plenty.clone()
            },
            "3 seconds of sound",
        ),
        (
            &unstated,
            Budget {
                max_seconds: 2,
                ..plenty
            },
            "2 seconds of sound",
        ),
    ];
    for (path, budget, limit) in cases {
        let error = hear_reader(fs::File::open(path).unwrap(), &budget)
            .err()
            .unwrap();
        let expected = format!("The file is too large: the limit is {limit}.");
        assert_eq!(error.to_string(), expected);
        assert!(error.is_permanent());
    }
}
