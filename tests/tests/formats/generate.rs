//! Generates the files, which are cached between runs.

use std::path::PathBuf;

use tonearm_e2e::media::{Tone, cached, ffmpeg};

use crate::cases::{Case, Change};
use crate::measure::tones;

/// Duration of the files: not a whole number of packets of any codec.
pub const SECONDS: f64 = 3.217;

/// Generates the file unless it is in the cache.
pub fn generate(case: &Case) -> PathBuf {
    let (rate, channels) = case.shape();
    let arguments = arguments(case.arguments, rate, channels);
    let made = cached(case.name, &arguments, |file| match case.change {
        Change::Bytes(bytes) => std::fs::write(file, bytes).unwrap(),
        Change::Frames(head, frame) => {
            std::fs::write(file, [head, &frame.repeat(160)].concat()).unwrap();
        }
        Change::HeAac(version) => std::fs::write(file, he_aac(version)).unwrap(),
        _ => ffmpeg(&arguments, file),
    });
    if matches!(
        case.change,
        Change::None | Change::Bytes(_) | Change::Frames(..) | Change::HeAac(_)
    ) {
        return made;
    }
    let recipe = (&arguments, case.change);
    cached(case.name, &recipe, |file| {
        let mut bytes = std::fs::read(&made).unwrap();
        change(&mut bytes, case.change);
        std::fs::write(file, bytes).unwrap();
    })
}

fn change(bytes: &mut Vec<u8>, change: Change) {
    match change {
        Change::Rename(from, to) => {
            let found = bytes.windows(4).position(|four| four == from);
            let at = found.expect("the file has the code to rename");
            bytes[at..at + 4].copy_from_slice(to);
        }
        Change::Truncate(percent) => bytes.truncate(bytes.len() * usize::from(percent) / 100),
        Change::None | Change::Bytes(_) | Change::Frames(..) | Change::HeAac(_) => {}
    }
}

/// ffmpeg's arguments: the inputs, then those of the case.
fn arguments(case: &str, rate: u32, channels: usize) -> Vec<String> {
    let mut inputs = Vec::new();
    let mut input = |before: &[&str], source: String| {
        inputs.extend(before.iter().map(|&word| word.to_owned()));
        inputs.extend(["-f".into(), "lavfi".into(), "-i".into(), source]);
    };
    let late: &[&str] = if case.contains("LATE") {
        &["-itsoffset", "0.5"]
    } else {
        &[]
    };
    let tones: Vec<String> = tones(channels).iter().map(expression).collect();
    let layout = if channels == 6 { ":c=5.1" } else { "" };
    input(
        late,
        format!(
            "aevalsrc=exprs={}:s={rate}:d={SECONDS}{layout}",
            tones.join("|")
        ),
    );
    if case.contains("SINE") {
        input(
            &[],
            format!("sine=3000:sample_rate={rate}:duration={SECONDS}"),
        );
    }
    let mut output = Vec::new();
    for word in case.split_whitespace() {
        let video: &[&str] = match word {
            "X264" => &["-c:v", "libx264", "-preset", "ultrafast"],
            "VP8" => &["-c:v", "libvpx", "-deadline", "realtime"],
            "MPEG2" => &["-c:v", "mpeg2video"],
            "FLV1" => &["-c:v", "flv"],
            "THEORA" => &["-c:v", "libtheora"],
            "PAL_DV" => &["-target", "pal-dv"],
            "SINE" | "LATE" => continue,
            other => {
                output.push(other.to_owned());
                continue;
            }
        };
        input(
            &[],
            format!("testsrc2=size=128x72:rate=25:duration={SECONDS}"),
        );
        output.extend(video.iter().map(|&word| word.to_owned()));
    }
    [inputs, output].concat()
}

fn expression(tone: &Tone) -> String {
    let amplitude = 10f64.powf(tone.dbfs / 20.0);
    format!("{amplitude:.6}*sin(2*PI*{}*t)", tone.hertz)
}

/// Encodes HE-AAC, for which ffmpeg has no encoder.
fn he_aac(version: u8) -> Vec<u8> {
    let count = (SECONDS * 48_000.0) as u32;
    let channels: Vec<Vec<f32>> = tones(2)
        .iter()
        .map(|tone| {
            let amplitude = 10f64.powf(tone.dbfs / 20.0);
            let step = std::f64::consts::TAU * tone.hertz / 48_000.0;
            (0..count)
                .map(|n| (amplitude * (f64::from(n) * step).sin()) as f32)
                .collect()
        })
        .collect();
    let options = syom::EncodeOptions::default().with_container(syom::EncodeContainer::M4a);
    let options = match version {
        1 => options.with_bitrate_bps(64_000).with_he(true),
        _ => options.with_bitrate_bps(32_000).with_he_v2(true),
    };
    syom::encode_with(&channels, 48_000, &options).unwrap()
}
