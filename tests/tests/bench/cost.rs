//! Measures one conversion, by the app or by ffmpeg.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tonearm_e2e::app::TestApp;
use tonearm_e2e::curl;

use crate::material::Material;

/// The cost of a conversion.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// CPU time in seconds, user and kernel mode.
    pub cpu: f64,
    /// Wall-clock time in seconds.
    pub wall: f64,
    /// Peak resident memory, in bytes.
    pub peak: u64,
    /// Duration of the MP3, in seconds.
    pub seconds: f64,
}

/// Measures the whole host from the response to the upload to the end of the job. The
/// peak includes all components and their compiled code.
///
/// The option `quality` makes the app convert a file that is MP3 already.
pub fn of_tonearm(
    app: &TestApp,
    file: &Material,
    turn: usize,
    quality: u8,
    limit: Duration,
) -> Cost {
    let pid = app.pid();
    let form = format!("-F quality={quality}");
    let (before, job) = convert(app, file, turn, &form, limit, || {
        fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
        Usage::of(pid)
    });
    let after = Usage::of(pid);
    let attempt = &job["attempts"][0];
    assert_eq!(attempt["outcome"], "succeeded", "{job:#}");
    Cost {
        cpu: after.cpu - before.cpu,
        wall: time(&attempt["ended_at"]) - time(&attempt["started_at"]),
        peak: after.peak,
        seconds: job["mp3"]["duration_seconds"].as_f64().unwrap(),
    }
}

/// Bytes that a conversion reads from a file store in Redis, by Redis' count of bytes sent.
/// That includes the queue, which is negligible.
pub fn bytes_read(app: &TestApp, file: &Material, limit: Duration) -> u64 {
    let (before, _) = convert(app, file, 0, "", limit, || app.redis.bytes_sent());
    app.redis.bytes_sent() - before
}

/// Uploads a file and waits for its conversion. Returns the result of `between`, which is
/// called after the upload, and the job.
fn convert<T>(
    app: &TestApp,
    file: &Material,
    turn: usize,
    form: &str,
    limit: Duration,
    between: impl FnOnce() -> T,
) -> (T, Value) {
    let folder = TempDir::new().unwrap();
    let name = file.path.file_name().unwrap().to_str().unwrap();
    let ada = app.user(&format!("{}-{turn}", name.replace('.', "-")));
    std::os::unix::fs::symlink(&file.path, folder.path().join(name)).unwrap();
    let token = format!("-H 'Authorization: Bearer {}'", ada.token());
    let upload = format!(
        "curl -sS -F 'file=@{name}' {form} {token} {}/upload",
        app.base()
    );
    let answer = curl::run(folder.path(), &upload);
    let between = between();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let id = answer["jobs"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"));
    // Wait for an event: polling would be measured too.
    let events = format!("{}/jobs/{id}/events", app.base());
    let wait = format!("curl -sN --max-time {} {token} {events}", limit.as_secs());
    curl::run(folder.path(), &wait);
    let job = ada.job(id);
    assert_eq!(job["state"], "done", "{job:#}");
    (between, job)
}

/// Measures ffmpeg with the same encoder and settings, by its `-benchmark`.
pub fn of_ffmpeg(file: &Material, quality: u8, effort: u8) -> Cost {
    let out = TempDir::new().unwrap();
    let output = Command::new("ffmpeg")
        .args([
            "-hide_banner",
            "-nostats",
            "-benchmark",
            "-nostdin",
            "-y",
            "-i",
        ])
        .arg(&file.path)
        .args(["-vn", "-ac", &file.channels.min(2).to_string()])
        .args(["-c:a", "libmp3lame"])
        .args([
            "-q:a",
            &quality.to_string(),
            "-compression_level",
            &effort.to_string(),
        ])
        .arg(out.path().join("out.mp3"))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let figure = |name: &str| -> f64 {
        let (_, rest) = log
            .split_once(name)
            .unwrap_or_else(|| panic!("{name} in {log}"));
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        rest[..end].parse().unwrap()
    };
    Cost {
        cpu: figure("utime=") + figure("stime="),
        wall: figure("rtime="),
        peak: (figure("maxrss=") * 1024.0) as u64,
        seconds: file.seconds,
    }
}

/// The resources that a process has used so far.
struct Usage {
    cpu: f64,
    peak: u64,
    resident: u64,
}

/// Resident memory of the host, in bytes.
pub fn resident(app: &TestApp) -> u64 {
    Usage::of(app.pid()).resident
}

impl Usage {
    fn of(pid: u32) -> Self {
        let file = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap();
        let stat = file("stat");
        // Skip the name, which may contain anything. The state is field 3; the times are
        // fields 14 and 15, in hundredths of a second.
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let ticks = fields.split(' ').skip(11).take(2);
        let ticks: f64 = ticks.map(|field| field.parse::<f64>().unwrap()).sum();
        Self {
            cpu: ticks / 100.0,
            peak: number(&file("status"), "VmHWM:") * 1024,
            resident: number(&file("status"), "VmRSS:") * 1024,
        }
    }
}

/// The number after `name` at the start of a line.
fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let line = line.unwrap_or_else(|| panic!("{name} in {text}"));
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Seconds since midnight of an RFC 3339 time in UTC.
fn time(value: &Value) -> f64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value}"));
    let clock = text.split_once('T').unwrap().1.trim_end_matches('Z');
    clock
        .split(':')
        .fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap())
}
