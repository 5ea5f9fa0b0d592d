//! Media files made by ffmpeg when the tests run, and ffmpeg's own decode of
//! them as the yardstick.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Length of the test sound in seconds: no round number of anything.
pub const SECONDS: f64 = 3.217;

/// A place for files that goes away with the test.
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

    /// Runs ffmpeg with these words, of which `OUT` stands for the new file, and `DIR/`
    /// for the folder that it is in.
    pub fn ffmpeg(&self, name: &str, words: &str) -> PathBuf {
        let out = self.path(name);
        // Word by word: a folder's name may have the letters of either in it.
        let words: Vec<_> = words
            .split_whitespace()
            .map(|word| match word.strip_prefix("DIR/") {
                Some(file) => self.path(file).to_str().unwrap().to_owned(),
                None if word == "OUT" => out.to_str().unwrap().to_owned(),
                None => word.to_owned(),
            })
            .collect();
        run(&words.join(" "));
        out
    }

    /// A file with tones in it: channel 0 has 400 Hz, channel 1 has 600 Hz, and
    /// so on, each at its own level.
    pub fn tones(&self, name: &str, rate: u32, channels: usize, words: &str) -> PathBuf {
        let input = tones_input(rate, channels);
        self.ffmpeg(name, &format!("{input} {words} OUT"))
    }

    /// The same with a moving picture, as most uploads are.
    pub fn film(&self, name: &str, rate: u32, channels: usize, words: &str) -> PathBuf {
        let input = tones_input(rate, channels);
        let picture = format!("-f lavfi -t {SECONDS} -i testsrc=size=128x72:rate=25");
        self.ffmpeg(name, &format!("{picture} {input} {words} OUT"))
    }
}

/// Frequency of a channel's tone in Hz.
pub fn pitch(channel: usize) -> f64 {
    400.0 + 200.0 * channel as f64
}

/// Amplitude of a channel's tone.
pub fn level(channel: usize) -> f64 {
    0.5 / (1.0 + channel as f64 * 0.25)
}

/// ffmpeg's words for the sound itself.
pub fn tones_input(rate: u32, channels: usize) -> String {
    let layout = match channels {
        1 => "mono",
        2 => "stereo",
        6 => "5.1",
        _ => "7.1",
    };
    tones_in_layout(rate, channels, layout)
}

/// The same for a layout by ffmpeg's name.
pub fn tones_in_layout(rate: u32, channels: usize, layout: &str) -> String {
    let tones: Vec<String> = (0..channels)
        .map(|n| format!("{:.4}*sin(2*PI*{}*t)", level(n), pitch(n)))
        .collect();
    format!(
        "-f lavfi -i aevalsrc={}:s={rate}:d={SECONDS}:c={layout}",
        tones.join("|")
    )
}

fn run(words: &str) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-bitexact"])
        .args(words.split_whitespace())
        .output()
        .expect("ffmpeg is needed for the tests: apt-get install ffmpeg");
    assert!(
        output.status.success(),
        "ffmpeg {words}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// What ffmpeg decodes a file's sound to: interleaved samples.
pub fn ffmpeg_decode(path: &Path) -> Vec<f32> {
    ffmpeg_decode_by("", path)
}

/// The same by a decoder of choice, such as `-c:a libopus`.
pub fn ffmpeg_decode_by(decoder: &str, path: &Path) -> Vec<f32> {
    decode(decoder, "", path)
}

/// The same, converted as these words say, such as `-ac 2`.
pub fn decode_as(words: &str, path: &Path) -> Vec<f32> {
    decode("", words, path)
}

fn decode(decoder: &str, words: &str, path: &Path) -> Vec<f32> {
    let path = path.to_str().unwrap();
    let bytes = run(&format!(
        "{decoder} -i {path} -vn -f f32le -c:a pcm_f32le {words} -"
    ));
    bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect()
}
