//! Files that ffmpeg makes, in each codec of the plugin that it encodes.

use std::path::Path;
use std::process::Command;

use tonearm_test_tools::require_tool;

use crate::compare::compare;
use crate::decoded::{by_ffmpeg, by_tonearm};
use crate::require_libavcodec;

/// Three seconds of two tones and noise, encoded with these options to a file of this name,
/// decode as by ffmpeg.
pub fn check(name: &str, options: &str) {
    require_libavcodec!();
    let ffmpeg = require_tool!("ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    make(&ffmpeg, &file, options);
    let ours = by_tonearm(&file).unwrap_or_else(|error| panic!("{name} {options}: {error}"));
    let theirs = by_ffmpeg(&ffmpeg, &file, &ours);
    compare(&ours, &theirs).unwrap_or_else(|difference| panic!("{name} {options}: {difference}"));
}

fn make(ffmpeg: &Path, file: &Path, options: &str) {
    const SOUND: &str = "aevalsrc=0.3*sin(2*PI*440*t)+0.05*random(0)|0.3*sin(2*PI*1000*t)\
                         +0.05*random(1):s=48000:d=3";
    let output = Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", SOUND])
        .args(options.split(' '))
        .args(["-strict", "-2"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{options}: {text}");
}

/// One test for each encoder.
macro_rules! made {
    ($($(#[$attribute:meta])* $test:ident: $($name:literal $options:literal),+;)*) => {$(
        $(#[$attribute])*
        #[test]
        fn $test() {
            $(check($name, $options);)+
        }
    )*};
}

made! {
    ac3_at_every_rate_is_decoded:
        "a.mkv" "-c:a ac3", "a.ts" "-c:a ac3", "a.mp4" "-c:a ac3",
        "a.mkv" "-c:a ac3 -ar 44100", "a.ac3" "-c:a ac3 -ar 32000", "a.mkv" "-c:a ac3 -ac 6";
    eac3_is_decoded:
        "a.mkv" "-c:a eac3", "a.ts" "-c:a eac3 -ar 44100", "a.mp4" "-c:a eac3 -ac 6";
    dts_is_decoded:
        "a.mkv" "-c:a dts", "a.ts" "-c:a dts -ac 6", "a.mp4" "-c:a dts -ar 44100";
    opus_in_surround_is_decoded:
        "a.webm" "-c:a libopus -ac 6 -mapping_family 1 -b:a 320k",
        "a.mkv" "-c:a libopus -ac 6 -mapping_family 1 -b:a 64k -application voip",
        "a.opus" "-c:a libopus -ac 6 -mapping_family 1 -b:a 256k -frame_duration 60",
        "a.opus" "-c:a libopus -ac 8 -mapping_family 1 -b:a 400k";
    truehd_and_mlp_are_decoded:
        "a.mkv" "-c:a truehd", "a.mkv" "-c:a truehd -ac 6", "a.mkv" "-c:a mlp";
    wma_in_asf_is_decoded:
        "a.wma" "-c:a wmav1", "a.wma" "-c:a wmav2 -ar 44100", "a.wma" "-c:a wmav2 -ar 16000 -ac 1",
        "a.wmv" "-c:a wmav2 -b:a 192k -packet_size 500";
    real_audio_is_decoded:
        "a.rm" "-c:a ac3", "a.rm" "-c:a real_144 -ar 8000 -ac 1";
    #[ignore = "ffmpeg does not count the delay of the decoder as a late beginning"]
    wma_in_matroska_and_avi_is_decoded:
        "a.mkv" "-c:a wmav2", "a.mkv" "-c:a wmav1", "a.avi" "-c:a wmav2 -ar 44100";
    wavpack_and_tta_in_matroska_are_decoded:
        "a.mkv" "-c:a wavpack", "a.mkv" "-c:a tta";
    speech_codecs_are_decoded:
        "a.wav" "-c:a g722 -ar 16000 -ac 1", "a.wav" "-c:a g726 -ar 8000 -ac 1",
        "a.flv" "-c:a nellymoser -ar 22050 -ac 1", "a.flv" "-c:a speex -ar 16000 -ac 1",
        "a.ogg" "-c:a speex -ar 32000";
    adpcm_is_decoded:
        "a.wav" "-c:a adpcm_ms", "a.wav" "-c:a adpcm_ima_wav", "a.wav" "-c:a adpcm_yamaha",
        "a.flv" "-c:a adpcm_swf -ar 44100", "a.mov" "-c:a adpcm_ima_qt";
}
