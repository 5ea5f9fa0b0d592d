//! The codecs of Matroska, AVI and FLV that a plugin decodes.

use tonearm_media_core::Codec;
use tonearm_test_tools::require_tool;

use crate::compare::{Files, assert_as_ffmpegs};

/// Name, codec, options of ffmpeg.
const FILES: &[(&str, Codec, &str)] = &[
    ("tta.mkv", Codec::Tta, "-ac 2 -c:a tta"),
    ("wv.mkv", Codec::WavPack, "-ac 2 -c:a wavpack"),
    ("wv6.mkv", Codec::WavPack, "-ac 6 -c:a wavpack"),
    ("dts.mkv", Codec::Dts, "-ac 2 -c:a dca -strict -2"),
    ("truehd.mkv", Codec::TrueHd, "-ac 2 -c:a truehd -strict -2"),
    ("mlp.mkv", Codec::Mlp, "-ac 2 -c:a mlp -strict -2"),
    ("1.mkv", Codec::Wma1, "-c:a wmav1"),
    ("2.mkv", Codec::Wma2, "-ac 2 -c:a wmav2"),
    ("yamaha.mkv", Codec::AdpcmYamaha, "-ac 2 -c:a adpcm_yamaha"),
    ("gsm.mkv", Codec::GsmMs, "-ar 8000 -c:a libgsm_ms"),
    ("g722.mkv", Codec::G722, "-ar 16000 -c:a g722"),
    ("144.mkv", Codec::RealAudio144, "-ar 8000 -c:a real_144"),
    ("speex.mkv", Codec::Speex, "-ar 16000 -c:a libspeex"),
    ("dts.avi", Codec::Dts, "-ac 2 -c:a dca -strict -2"),
    ("2.avi", Codec::Wma2, "-ac 2 -c:a wmav2"),
    ("speex.flv", Codec::Speex, "-ar 16000 -c:a libspeex"),
    ("swf.flv", Codec::AdpcmSwf, "-ar 22050 -c:a adpcm_swf"),
    ("8.flv", Codec::Nellymoser, "-ar 8000 -c:a nellymoser"),
    ("16.flv", Codec::Nellymoser, "-ar 16000 -c:a nellymoser"),
    ("22.flv", Codec::Nellymoser, "-ar 22050 -c:a nellymoser"),
];

#[test]
fn containers_of_video_yield_the_packets_and_configuration_that_ffmpeg_yields() {
    require_tool!("ffmpeg");
    require_tool!("ffprobe");
    let files = Files::new();
    for &(name, codec, options) in FILES {
        assert_as_ffmpegs(name, &files.make(name, options), codec);
    }
}
