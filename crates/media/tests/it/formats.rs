//! Every supported container and codec, compared with ffmpeg's decode: codec, sample rate,
//! channels, length, the tone of each channel, and the signal-to-noise ratio.

use tonearm_test_tools::require_tool;

use crate::decoding::{Decoded, decode_file, snr};
use crate::fixtures::{Fixtures, SECONDS, ffmpeg_decode, ffmpeg_decode_with, level, pitch};

/// The expected length of the audio.
#[derive(Clone, Copy)]
pub enum Length {
    /// Exactly that of the source of the file.
    Source,
    /// That of ffmpeg's decode: the container does not state the padding.
    Ffmpeg,
    /// That of ffmpeg's decode minus this many samples at the start, which the container
    /// marks as priming and ffmpeg keeps.
    Less(usize),
}
use Length::{Ffmpeg, Less, Source};

/// A file: name, codec, sample rate, channels, arguments of ffmpeg, expected length, and
/// lowest signal-to-noise ratio in dB.
pub type Case = (
    &'static str,
    &'static str,
    u32,
    usize,
    &'static str,
    Length,
    f64,
);

/// Samples by which MP3 delays the sound: LAME's delay and the decoder's, which ffmpeg plays
/// where the container does not state them.
pub const MP3_DELAY: usize = 1105;
pub const X264: &str = "-c:v libx264 -preset ultrafast";
/// Lowest signal-to-noise ratio in dB of lossless codecs, with only rounding errors.
pub const EXACT: f64 = 140.0;
/// Lowest signal-to-noise ratio in dB of two decoders of a lossy codec.
pub const CLOSE: f64 = 85.0;

fn check(fixtures: &Fixtures, (name, codec, rate, channels, args, length, min_snr): Case) {
    let path = match args.contains("-c:v") || args.contains("X264") {
        true => fixtures.video(name, rate, channels, &args.replace("X264", X264)),
        false => fixtures.tones(name, rate, channels, args),
    };
    let decoded = decode_file(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(decoded.info.codec, codec, "{name}");
    let format = (decoded.info.sample_rate, usize::from(decoded.info.channels));
    assert_eq!(format, (rate, channels), "{name}");
    assert_eq!(
        (decoded.concealed, decoded.is_truncated),
        (0, false),
        "{name}"
    );

    let mut reference = ffmpeg_decode(&path);
    let source = (SECONDS * f64::from(rate)).round() as usize;
    let expected = match length {
        Source => source,
        Ffmpeg => reference.len() / channels,
        Less(priming) => {
            reference.drain(..priming * channels);
            reference.len() / channels
        }
    };
    assert_eq!(decoded.frames(), expected, "{name}");
    let snr = snr(&decoded.samples, &reference);
    assert!(snr > min_snr, "{name}: {snr} dB");
    for channel in 0..channels {
        assert_tone(name, &decoded, channel, pitch(channel), level(channel));
    }
}

fn assert_tone(name: &str, decoded: &Decoded, channel: usize, hertz: f64, expected: f64) {
    let level = decoded.tone(channel, hertz);
    let range = expected * 0.9..expected * 1.1;
    assert!(
        range.contains(&level),
        "{name}: {hertz} Hz in {channel} at {level}"
    );
}

pub fn check_all(cases: impl IntoIterator<Item = Case>) {
    let fixtures = Fixtures::new();
    for case in cases {
        check(&fixtures, case);
    }
}

/// Checks files of one codec, sample rate and number of channels, given by their names and
/// arguments of ffmpeg.
pub fn check_same(
    (codec, rate, channels): (&'static str, u32, usize),
    (length, min_snr): (Length, f64),
    files: &[(&'static str, &'static str)],
) {
    let case = |&(name, args)| (name, codec, rate, channels, args, length, min_snr);
    check_all(files.iter().map(case));
}

#[test]
fn mp4_with_aac_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        ("end.mp4", "AAC", 48_000, 2, "X264 -c:a aac", Source, CLOSE),
        (
            "front.mp4",
            "AAC",
            44_100,
            2,
            "X264 -c:a aac -movflags +faststart",
            Source,
            CLOSE,
        ),
        (
            "video.mov",
            "AAC",
            44_100,
            2,
            "X264 -c:a aac",
            Source,
            CLOSE,
        ),
        (
            "phone.3gp",
            "AAC",
            16_000,
            1,
            "X264 -c:a aac",
            Source,
            CLOSE,
        ),
        ("mono.m4a", "AAC", 44_100, 1, "-c:a aac", Source, CLOSE),
        ("high.m4a", "AAC", 32_000, 2, "-c:a aac", Source, CLOSE),
    ]);
}

#[test]
fn fragmented_mp4_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let frag = "X264 -c:a aac -movflags +frag_keyframe+empty_moov";
    let no_offset = "X264 -c:a aac -movflags +frag_keyframe+empty_moov+omit_tfhd_offset";
    let cmaf = "X264 -c:a aac -movflags +cmaf -frag_duration 500000";
    let dash = "X264 -c:a aac -movflags +dash+delay_moov+frag_keyframe+global_sidx";
    check_all([
        ("frag.mp4", "AAC", 44_100, 2, frag, Ffmpeg, CLOSE),
        ("behind.mp4", "AAC", 44_100, 2, no_offset, Ffmpeg, CLOSE),
        ("cmaf.mp4", "AAC", 44_100, 2, cmaf, Ffmpeg, CLOSE),
        ("dash.mp4", "AAC", 44_100, 2, dash, Less(1024), CLOSE),
    ]);
}

#[test]
fn mp4_with_other_codecs_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        ("alac.m4a", "ALAC", 44_100, 2, "-c:a alac", Source, EXACT),
        (
            "flac.mp4",
            "FLAC",
            44_100,
            2,
            "-c:a flac -strict -2",
            Source,
            EXACT,
        ),
        (
            "mp3.mp4",
            "MP3",
            44_100,
            2,
            "-c:a libmp3lame",
            Source,
            CLOSE,
        ),
        ("mp2.mp4", "MP3", 44_100, 2, "-c:a mp2", Ffmpeg, CLOSE),
        ("opus.mp4", "Opus", 48_000, 2, "-c:a libopus", Source, CLOSE),
        (
            "vorbis.mp4",
            "Vorbis",
            48_000,
            2,
            "-c:a libvorbis",
            Source,
            CLOSE,
        ),
    ]);
}

#[test]
fn quicktime_with_pcm_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        (
            "s16le.mov",
            "PCM",
            48_000,
            2,
            "-c:a pcm_s16le",
            Source,
            EXACT,
        ),
        (
            "s16be.mov",
            "PCM",
            48_000,
            2,
            "-c:a pcm_s16be",
            Source,
            EXACT,
        ),
        (
            "s24be.mov",
            "PCM",
            48_000,
            2,
            "-c:a pcm_s24be",
            Source,
            EXACT,
        ),
        (
            "s24le.mov",
            "PCM",
            48_000,
            2,
            "-c:a pcm_s24le",
            Source,
            EXACT,
        ),
        (
            "s32le.mov",
            "PCM",
            48_000,
            2,
            "-c:a pcm_s32le",
            Source,
            EXACT,
        ),
        ("f32.mov", "PCM", 48_000, 2, "-c:a pcm_f32le", Source, EXACT),
        ("ulaw.mov", "PCM", 8000, 1, "-c:a pcm_mulaw", Source, EXACT),
        ("alaw.mov", "PCM", 8000, 2, "-c:a pcm_alaw", Source, EXACT),
        ("alac.mov", "ALAC", 44_100, 2, "-c:a alac", Source, EXACT),
    ]);
}

#[test]
fn matroska_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        ("aac.mkv", "AAC", 44_100, 2, "X264 -c:a aac", Ffmpeg, CLOSE),
        (
            "vorbis.mkv",
            "Vorbis",
            44_100,
            2,
            "X264 -c:a libvorbis",
            Ffmpeg,
            CLOSE,
        ),
        (
            "flac.mkv",
            "FLAC",
            44_100,
            2,
            "X264 -c:a flac",
            Source,
            EXACT,
        ),
        (
            "alac.mkv",
            "ALAC",
            44_100,
            2,
            "X264 -c:a alac",
            Source,
            EXACT,
        ),
        (
            "pcm.mkv",
            "PCM",
            44_100,
            2,
            "X264 -c:a pcm_s16le",
            Source,
            EXACT,
        ),
        (
            "pcm24.mkv",
            "PCM",
            44_100,
            2,
            "-c:a pcm_s24be",
            Source,
            EXACT,
        ),
        (
            "mp3.mkv",
            "MP3",
            44_100,
            2,
            "X264 -c:a libmp3lame",
            Less(MP3_DELAY),
            CLOSE,
        ),
        ("mp2.mkv", "MP2", 44_100, 2, "X264 -c:a mp2", Ffmpeg, CLOSE),
    ]);
}

#[test]
fn webm_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let video = "-c:v libvpx -deadline realtime";
    let vorbis = format!("{video} -c:a libvorbis");
    let opus = format!("{video} -c:a libopus");
    let live = format!("{video} -c:a libopus -live 1");
    let fixtures = Fixtures::new();
    for (name, codec, rate, args, length) in [
        ("a.webm", "Vorbis", 44_100, vorbis, Ffmpeg),
        ("b.webm", "Opus", 48_000, opus, Source),
        // Clusters of unknown length, as browsers record them.
        ("live.webm", "Opus", 48_000, live, Ffmpeg),
    ] {
        check(
            &fixtures,
            (name, codec, rate, 2, args.leak(), length, CLOSE),
        );
    }
    check(
        &fixtures,
        (
            "mono.webm",
            "Opus",
            48_000,
            1,
            "-c:a libopus",
            Source,
            CLOSE,
        ),
    );
}

#[test]
fn ogg_flac_mp3_mp2_and_adts_match_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        (
            "vorbis.ogg",
            "Vorbis",
            44_100,
            2,
            "-c:a libvorbis",
            Source,
            CLOSE,
        ),
        ("opus.ogg", "Opus", 48_000, 2, "-c:a libopus", Source, CLOSE),
        ("flac.ogg", "FLAC", 44_100, 2, "-c:a flac", Source, EXACT),
        ("a.flac", "FLAC", 44_100, 2, "", Source, EXACT),
        ("a.mp3", "MP3", 44_100, 2, "-c:a libmp3lame", Source, CLOSE),
        (
            "low.mp3",
            "MP3",
            22_050,
            1,
            "-c:a libmp3lame",
            Source,
            CLOSE,
        ),
        (
            "cbr.mp3",
            "MP3",
            48_000,
            2,
            "-c:a libmp3lame -write_xing 0",
            Ffmpeg,
            CLOSE,
        ),
        ("a.mp2", "MP2", 44_100, 2, "-c:a mp2 -f mp2", Ffmpeg, CLOSE),
        ("a.aac", "AAC", 44_100, 2, "-c:a aac", Ffmpeg, CLOSE),
    ]);
}

#[test]
fn wav_aiff_and_caf_match_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        ("16.wav", "PCM", 44_100, 2, "-c:a pcm_s16le", Source, EXACT),
        ("24.wav", "PCM", 44_100, 2, "-c:a pcm_s24le", Source, EXACT),
        (
            "float.wav",
            "PCM",
            44_100,
            2,
            "-c:a pcm_f32le",
            Source,
            EXACT,
        ),
        ("8.wav", "PCM", 44_100, 2, "-c:a pcm_u8", Source, EXACT),
        ("ms.wav", "ADPCM", 44_100, 2, "-c:a adpcm_ms", Ffmpeg, CLOSE),
        (
            "ima.wav",
            "ADPCM",
            44_100,
            2,
            "-c:a adpcm_ima_wav",
            Ffmpeg,
            CLOSE,
        ),
        ("16.aiff", "PCM", 44_100, 2, "", Source, EXACT),
        ("24.aiff", "PCM", 44_100, 2, "-c:a pcm_s24be", Source, EXACT),
        ("16.caf", "PCM", 44_100, 2, "", Source, EXACT),
        ("alac.caf", "ALAC", 44_100, 2, "-c:a alac", Source, EXACT),
    ]);
}

/// AAC is encoded without noise substitution, which differs between decoders.
#[test]
fn surround_is_downmixed_by_the_standard_matrix() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args, min_snr) in [
        ("a.mp4", "-c:a aac -b:a 384k -aac_pns 0", CLOSE),
        ("a.mkv", "-c:a flac", 120.0),
        ("b.mkv", "-c:a libvorbis", CLOSE),
        ("a.wav", "-c:a pcm_s16le", 120.0),
        ("a.webm", "-c:a libopus -mapping_family 1 -b:a 384k", CLOSE),
        ("ac3.mp4", "-c:a ac3 -b:a 448k", 60.0),
        ("eac3.mkv", "-c:a eac3 -b:a 448k", 60.0),
        ("a.ts", "-c:a ac3 -b:a 640k", 60.0),
        ("b.ts", "-c:a aac -b:a 384k -aac_pns 0", CLOSE),
        ("a.avi", "-c:a ac3 -b:a 448k", 60.0),
        ("a.flv", "-c:a aac -b:a 384k -aac_pns 0", CLOSE),
    ] {
        let path = fixtures.tones(name, 48_000, 6, args);
        let decoded = decode_file(&path).unwrap();
        assert_eq!(
            (decoded.info.channels, decoded.channels()),
            (6, 2),
            "{name}"
        );
        // Front left, front right, centre, low, back left, back right.
        let half = 0.5f32.sqrt();
        let left = [1.0, 0.0, half, 0.0, half, 0.0];
        let right = [0.0, 1.0, half, 0.0, 0.0, half];
        let downmixed: Vec<f32> = ffmpeg_decode(&path)
            .chunks(6)
            .flat_map(|frame| [left, right].map(|row| dot(frame, &row)))
            .collect();
        let snr = snr(&decoded.samples, &downmixed);
        assert!(snr > min_snr, "{name}: {snr} dB");
    }
}

fn dot(frame: &[f32], row: &[f32]) -> f32 {
    frame
        .iter()
        .zip(row)
        .map(|(sample, weight)| sample * weight)
        .sum()
}

#[test]
fn high_rates_are_resampled() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, rate, args, expected) in [
        ("96.wav", 96_000, "-c:a pcm_s24le", 48_000),
        ("88.flac", 88_200, "", 44_100),
        ("192.wav", 192_000, "-c:a pcm_f32le", 48_000),
        ("37.wav", 37_800, "-c:a pcm_f32le", 44_100),
    ] {
        let decoded = decode_file(&fixtures.tones(name, rate, 2, args)).unwrap();
        assert_eq!(
            (decoded.info.sample_rate, decoded.info.output_rate),
            (rate, expected)
        );
        let seconds = decoded.frames() as f64 / f64::from(expected);
        assert!((seconds - SECONDS).abs() < 0.0001, "{name}: {seconds}");
        for channel in 0..2 {
            assert_tone(name, &decoded, channel, pitch(channel), level(channel));
        }
    }
}

#[test]
fn opus_of_speech_is_decoded_at_48_khz() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones(
        "voice.webm",
        16_000,
        1,
        "-c:a libopus -b:a 24k -application voip",
    );
    let decoded = decode_file(&path).unwrap();
    assert_eq!(
        (decoded.info.sample_rate, decoded.info.channels),
        (48_000, 1)
    );
    assert_eq!(decoded.frames(), (SECONDS * 48_000.0) as usize);
    // ffmpeg's own decoder resamples from 16 to 48 kHz in another way than libopus.
    let reference = ffmpeg_decode_with("-c:a libopus", &path);
    let snr = snr(&decoded.samples, &reference);
    assert!(snr > 40.0, "{snr} dB");
}

#[test]
fn asf_matches_ffmpeg() {
    require_tool!("ffmpeg");
    check_all([
        (
            "mp3.wmv",
            "MP3",
            44_100,
            2,
            "-c:v msmpeg4 -c:a libmp3lame",
            Ffmpeg,
            CLOSE,
        ),
        ("pcm.wma", "PCM", 44_100, 2, "-c:a pcm_s16le", Source, EXACT),
        ("ms.wma", "ADPCM", 44_100, 2, "-c:a adpcm_ms", Ffmpeg, CLOSE),
        ("aac.wma", "AAC", 44_100, 2, "-c:a aac", Ffmpeg, CLOSE),
    ]);
}
