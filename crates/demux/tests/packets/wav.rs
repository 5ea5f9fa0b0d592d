//! The codecs of WAV that a plugin decodes.

use tonearm_media_core::Codec;
use tonearm_test_tools::require_tool;

use crate::compare::{Files, demuxer, ffmpegs, ours, read_all};

/// Name, codec, options of ffmpeg.
const FILES: &[(&str, Codec, &str)] = &[
    ("yamaha.wav", Codec::AdpcmYamaha, "-ac 2 -c:a adpcm_yamaha"),
    ("swf.wav", Codec::AdpcmSwf, "-ac 2 -c:a adpcm_swf"),
    ("g722.wav", Codec::G722, "-ar 16000 -c:a g722"),
    ("16.wav", Codec::G726, "-ar 8000 -c:a g726 -code_size 2"),
    ("24.wav", Codec::G726, "-ar 8000 -c:a g726 -code_size 3"),
    ("32.wav", Codec::G726, "-ar 8000 -c:a g726 -code_size 4"),
    ("40.wav", Codec::G726, "-ar 8000 -c:a g726 -code_size 5"),
    ("gsm.wav", Codec::GsmMs, "-ar 8000 -c:a libgsm_ms"),
    ("g723.wav", Codec::G7231, "-ar 8000 -c:a g723_1 -b:a 6300"),
    ("1.wav", Codec::Wma1, "-c:a wmav1 -b:a 64k"),
    ("2.wav", Codec::Wma2, "-ac 2 -c:a wmav2 -b:a 128k"),
    ("ms.w64", Codec::AdpcmMs, "-ac 2 -c:a adpcm_ms"),
];

#[test]
fn wav_yields_the_data_and_configuration_that_ffmpeg_yields() {
    require_tool!("ffmpeg");
    require_tool!("ffprobe");
    let files = Files::new();
    for &(name, codec, options) in FILES {
        let path = files.make(name, options);
        let (track, our) = ours(&path);
        let theirs = ffmpegs(&path);
        assert_eq!(track.params.codec, codec, "{name}");
        assert_eq!(our.config, theirs.config, "{name}");
        assert_eq!(our.total(), theirs.total(), "{name}");
    }
}

#[test]
fn the_stated_length_of_a_wav_is_that_of_its_packets() {
    require_tool!("ffmpeg");
    let files = Files::new();
    for &(name, _, options) in FILES {
        let mut demuxer = demuxer(&files.make(name, options));
        let ticks: u64 = read_all(&mut *demuxer).iter().map(|packet| packet.1).sum();
        let track = demuxer.track();
        assert_eq!(track.has_exact_ticks, ticks > 0, "{name}");
        if ticks > 0 {
            let seconds = ticks as f64 / f64::from(track.tick_rate);
            assert!((track.seconds.unwrap() - seconds).abs() < 0.03, "{name}");
            // ffmpeg pads the sound to whole blocks.
            assert!((0.5..0.6).contains(&seconds), "{name}: {seconds}");
        }
    }
}
