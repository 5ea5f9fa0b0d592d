//! Loudness, compared with ffmpeg's filter `ebur128`.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tonearm_media::{Limits, Loudness, MediaError, Selection, gain_for, measure};
use tonearm_test_tools::require_tool;

use crate::decoding::{mp3, open};
use crate::fixtures::Fixtures;

/// Bursts of noise at two levels, which exercise the gate of the measurement.
const NOISE: &str = "-f lavfi -i anoisesrc=d=20:c=pink:r=48000:a=0.3:seed=1 \
                     -af volume=volume='if(lt(mod(t,6),3),0.5,0.02)':eval=frame -ac 2";

fn measure_file(path: &Path, selection: &Selection) -> Loudness {
    let file = File::open(path).unwrap();
    let mut source = open(file, &Limits::default(), &mp3(), selection).unwrap();
    let mut last = 0.0;
    let loudness = measure(&mut source, &mut |fraction| {
        assert!(fraction >= last);
        last = fraction;
        ControlFlow::Continue(())
    });
    loudness.unwrap()
}

/// Integrated loudness and true peak by ffmpeg's filter `ebur128`.
fn ffmpeg_loudness(path: &Path, args: &str) -> (f64, f64) {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner"])
        .args(args.split_whitespace())
        .arg("-i")
        .arg(path)
        .args([
            "-af",
            "ebur128=peak=true:framelog=verbose",
            "-f",
            "null",
            "-",
        ])
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let after = |label: &str| {
        let summary = report.rsplit_once("Summary:").unwrap().1;
        let rest = summary.split_once(label).unwrap().1;
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (after("I:"), after("Peak:"))
}

#[test]
fn loudness_matches_ffmpeg() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg("a.wav", &format!("{NOISE} OUT"));
    let ours = measure_file(&path, &Selection::default());
    let (integrated, peak) = ffmpeg_loudness(&path, "");
    assert!(
        (ours.integrated.unwrap() - integrated).abs() < 0.15,
        "{ours:?} {integrated}"
    );
    assert!((ours.true_peak - peak).abs() < 0.2, "{ours:?} {peak}");
}

#[test]
fn only_the_selected_part_is_measured() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg("a.wav", &format!("{NOISE} OUT"));
    let quiet = Selection {
        start: Duration::from_millis(3100),
        end: Some(Duration::from_millis(5900)),
        ..Selection::default()
    };
    let ours = measure_file(&path, &quiet).integrated.unwrap();
    let (integrated, _) = ffmpeg_loudness(&path, "-ss 3.1 -t 2.8");
    assert!((ours - integrated).abs() < 0.15, "{ours} {integrated}");
    assert!(ours < -40.0, "{ours}");
}

#[test]
fn the_gain_brings_a_file_to_its_target() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg("a.wav", &format!("{NOISE} OUT"));
    let before = measure_file(&path, &Selection::default());
    let selection = Selection {
        gain: Some(gain_for(&before, -24.0)),
        ..Selection::default()
    };
    let after = measure_file(&path, &selection);
    assert!((after.integrated.unwrap() + 24.0).abs() < 0.1, "{after:?}");
    // A target that the peaks do not allow.
    let selection = Selection {
        gain: Some(gain_for(&before, -5.0)),
        ..Selection::default()
    };
    let after = measure_file(&path, &selection);
    assert!((after.true_peak + 1.0).abs() < 0.1, "{after:?}");
}

#[test]
fn silence_has_no_loudness_and_a_gain_of_one() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.ffmpeg("a.wav", "-f lavfi -i anullsrc=d=3 OUT");
    let loudness = measure_file(&path, &Selection::default());
    assert_eq!(loudness.integrated, None);
    assert_eq!(gain_for(&loudness, -16.0), 1.0);
}

#[test]
fn measuring_can_be_stopped() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.wav", 48_000, 2, "");
    let file = File::open(path).unwrap();
    let selection = Selection::default();
    let mut source = open(file, &Limits::default(), &mp3(), &selection).unwrap();
    let error = measure(&mut source, &mut |_| ControlFlow::Break(())).unwrap_err();
    assert!(matches!(error, MediaError::Stopped), "{error}");
}
