//! Media files that ffmpeg generates while the tests run, and ffmpeg's decode of them as
//! the reference.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Length of the generated audio in seconds: not a multiple of any packet length.
pub const SECONDS: f64 = 3.217;

/// A temporary directory for the files of a test.
pub struct Fixtures {
    dir: TempDir,
}

impl Fixtures {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs ffmpeg with these arguments. `OUT` stands for the new file and `DIR/` for its
    /// directory.
    pub fn ffmpeg(&self, name: &str, args: &str) -> PathBuf {
        let out = self.path(name);
        // Replaced by argument, since the path of the directory may contain either.
        let args: Vec<_> = args
            .split_whitespace()
            .map(|arg| match arg.strip_prefix("DIR/") {
                Some(file) => self.path(file).to_str().unwrap().to_owned(),
                None if arg == "OUT" => out.to_str().unwrap().to_owned(),
                None => arg.to_owned(),
            })
            .collect();
        run(&args.join(" "));
        out
    }

    /// A file with a tone in each channel, of [`pitch`] and [`level`].
    pub fn tones(&self, name: &str, rate: u32, channels: usize, args: &str) -> PathBuf {
        let input = tones_input(rate, channels);
        self.ffmpeg(name, &format!("{input} {args} OUT"))
    }

    /// The same with video, as in most uploads.
    pub fn video(&self, name: &str, rate: u32, channels: usize, args: &str) -> PathBuf {
        let input = tones_input(rate, channels);
        let video_input = format!("-f lavfi -t {SECONDS} -i testsrc=size=128x72:rate=25");
        self.ffmpeg(name, &format!("{video_input} {input} {args} OUT"))
    }
}

/// Frequency of a channel's tone in Hz.
pub fn pitch(channel: usize) -> f64 {
    400.0 + 200.0 * channel as f64
}

/// Amplitude of a channel's tone: a downmix of all channels stays within full scale.
pub fn level(channel: usize) -> f64 {
    match channel {
        0 | 1 => 0.5 / (1.0 + channel as f64 * 0.25),
        _ => 0.22 - channel as f64 * 0.01,
    }
}

/// ffmpeg arguments for an input of tones.
pub fn tones_input(rate: u32, channels: usize) -> String {
    let layout = match channels {
        1 => "mono",
        2 => "stereo",
        6 => "5.1",
        _ => "7.1",
    };
    tones_in_layout(rate, channels, layout)
}

/// The same in a channel layout of ffmpeg.
pub fn tones_in_layout(rate: u32, channels: usize, layout: &str) -> String {
    let tones: Vec<String> = (0..channels)
        .map(|n| format!("{:.4}*sin(2*PI*{}*t)", level(n), pitch(n)))
        .collect();
    format!(
        "-f lavfi -i aevalsrc={}:s={rate}:d={SECONDS}:c={layout}",
        tones.join("|")
    )
}

fn run(args: &str) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-bitexact"])
        .args(args.split_whitespace())
        .output()
        .expect("ffmpeg is needed for the tests: apt-get install ffmpeg");
    assert!(
        output.status.success(),
        "ffmpeg {args}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The audio of a file as ffmpeg decodes it, in interleaved samples.
pub fn ffmpeg_decode(path: &Path) -> Vec<f32> {
    ffmpeg_decode_with("", path)
}

/// The same with a particular decoder, such as `-c:a libopus`.
pub fn ffmpeg_decode_with(decoder: &str, path: &Path) -> Vec<f32> {
    decode(decoder, "", path)
}

/// The same with output arguments, such as `-ac 2`.
pub fn ffmpeg_decode_to(args: &str, path: &Path) -> Vec<f32> {
    decode("", args, path)
}

fn decode(decoder: &str, args: &str, path: &Path) -> Vec<f32> {
    let path = path.to_str().unwrap();
    let bytes = run(&format!(
        "{decoder} -i {path} -vn -f f32le -c:a pcm_f32le {args} -"
    ));
    bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect()
}
