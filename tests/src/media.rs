//! Media files made by ffmpeg, with known tones, levels and durations.
//!
//! Files are cached in the target folder, under a hash of the command line.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::paths;

/// A pure tone in one channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Its frequency.
    pub hertz: f64,
    /// Its level; 0 is a full-scale sine.
    pub dbfs: f64,
}

/// The default tone of the left channel.
pub const LEFT: Tone = Tone {
    hertz: 440.0,
    dbfs: -6.0,
};
/// The default tone of the right channel.
pub const RIGHT: Tone = Tone {
    hertz: 1000.0,
    dbfs: -12.0,
};

/// A media file and its content.
#[derive(Clone, Debug)]
pub struct Clip {
    /// Its path.
    pub path: PathBuf,
    /// Length of the audio, in samples per channel at `rate`.
    pub samples: usize,
    /// Its sample rate.
    pub rate: u32,
    /// The tone of each channel.
    pub tones: Vec<Tone>,
}

impl Clip {
    /// The whole file.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("the clip can be read")
    }

    /// Duration of the audio.
    pub fn seconds(&self) -> f64 {
        self.samples as f64 / f64::from(self.rate)
    }

    /// Sets the length to that of ffmpeg's decode: some containers do not record where the
    /// audio ends within the last block.
    #[must_use]
    pub fn as_long_as_decoded(mut self) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let pcm = folder.path().join("audio.s16");
        let path = self.path.to_string_lossy();
        ffmpeg(&["-i", &path, "-vn", "-f", "s16le"], &pcm);
        let bytes = std::fs::metadata(&pcm).expect("ffmpeg wrote it").len() as usize;
        self.samples = bytes / 2 / self.tones.len();
        self
    }
}

/// How to make a clip.
#[derive(Clone, Debug)]
pub struct Recipe<'a> {
    /// The file name, with its extension.
    pub name: &'a str,
    /// The duration in seconds.
    pub seconds: u32,
    /// The sample rate.
    pub rate: u32,
    /// One tone per channel.
    pub tones: &'a [Tone],
    /// Whether there is a small video track.
    pub video: bool,
    /// ffmpeg's options for the output, such as its codecs.
    pub output: &'a [&'a str],
}

/// H.264 and AAC as cameras and phones write it, with the index at the end.
pub fn mp4() -> Clip {
    Recipe {
        name: "moov-at-the-end.mp4",
        ..H264_AAC
    }
    .make()
}

/// H.264 and AAC for the web, with the index at the front.
pub fn mp4_for_the_web() -> Clip {
    for_the_web("moov-at-the-front.mp4", H264_AAC.seconds)
}

/// [`mp4_for_the_web`] of half a minute.
pub fn long_mp4_for_the_web() -> Clip {
    for_the_web("long-moov-at-the-front.mp4", 30)
}

fn for_the_web(name: &str, seconds: u32) -> Clip {
    let output = [H264_AAC.output, &["-movflags", "+faststart"]].concat();
    Recipe {
        name,
        seconds,
        output: &output,
        ..H264_AAC
    }
    .make()
}

/// H.264 and AAC of half a minute, for tests that observe progress.
pub fn long_mp4() -> Clip {
    Recipe {
        name: "long.mp4",
        seconds: 30,
        ..H264_AAC
    }
    .make()
}

/// H.264 and AAC of five minutes, for tests that interrupt a conversion.
pub fn very_long_mp4() -> Clip {
    Recipe {
        name: "very-long.mp4",
        seconds: 300,
        ..H264_AAC
    }
    .make()
}

/// ADTS of any length: one minute, repeated. ADTS needs no index, so the file is created as
/// fast as it is written.
pub fn minutes_of_aac(minutes: usize) -> Clip {
    let minute = Recipe {
        name: "minute.aac",
        seconds: 60,
        video: false,
        output: &["-c:a", "aac", "-b:a", "160k", "-f", "adts"],
        ..H264_AAC
    }
    .make();
    let path = cached("minutes.aac", &(&minute.path, minutes), |file| {
        std::fs::write(file, minute.bytes().repeat(minutes)).expect("the disk has room for it");
    });
    let samples = minute.samples * minutes;
    Clip {
        path,
        samples,
        ..minute
    }
}

/// A video without an audio track.
pub fn video_without_audio() -> Clip {
    Recipe {
        name: "no-audio.mp4",
        tones: &[],
        output: &["-c:v", "libx264"],
        ..H264_AAC
    }
    .make()
}

/// Text, to be uploaded as a video.
pub const NOT_A_VIDEO: &[u8] = b"This is no video, whatever its name says.\n";

/// The base of the other recipes.
pub const H264_AAC: Recipe<'_> = Recipe {
    name: "",
    seconds: 3,
    rate: 48_000,
    tones: &[LEFT, RIGHT],
    video: true,
    output: &[
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
        "-b:a",
        "192k",
    ],
};

impl Recipe<'_> {
    /// Makes the file unless it is in the cache.
    pub fn make(&self) -> Clip {
        let arguments = self.arguments();
        let path = cached(self.name, &arguments, |file| ffmpeg(&arguments, file));
        let samples = self.seconds as usize * self.rate as usize;
        Clip {
            path,
            samples,
            rate: self.rate,
            tones: self.tones.to_vec(),
        }
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut input = |source: String| {
            arguments.extend(["-f".into(), "lavfi".into(), "-i".into(), source]);
        };
        if self.video {
            input(format!(
                "testsrc2=size=160x120:rate=10:duration={}",
                self.seconds
            ));
        }
        if !self.tones.is_empty() {
            let tones: Vec<String> = self.tones.iter().map(Tone::expression).collect();
            let (tones, rate, seconds) = (tones.join("|"), self.rate, self.seconds);
            input(format!("aevalsrc=exprs={tones}:s={rate}:d={seconds}"));
        }
        arguments.extend(self.output.iter().map(|option| (*option).to_owned()));
        arguments
    }
}

impl Tone {
    fn expression(&self) -> String {
        let amplitude = 10f64.powf(self.dbfs / 20.0);
        format!("{amplitude:.6}*sin(2*PI*{}*t)", self.hertz)
    }
}

/// A file that is made once per `recipe`. If two tests make it at the same time, the later
/// one replaces it with an identical file.
pub fn cached(name: &str, recipe: &impl Hash, make: impl FnOnce(&Path)) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    recipe.hash(&mut hasher);
    let cache = paths::media_cache();
    let folder = cache.join(format!("{:016x}", hasher.finish()));
    let file = folder.join(name);
    if !file.exists() {
        let making = TempDir::new_in(&cache).expect("a temporary folder can be made");
        let unfinished = making.path().join(name);
        make(&unfinished);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        std::fs::rename(&unfinished, &file).expect("the file can be moved into place");
    }
    file
}

/// Runs ffmpeg with `file` as the output.
pub fn ffmpeg(arguments: &[impl AsRef<str>], file: &Path) {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(arguments.iter().map(AsRef::as_ref))
        .arg(file)
        .output()
        .expect("these tests need ffmpeg on PATH");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "ffmpeg could not make {}: {error}",
        file.display()
    );
}
