//! Test streams, encoded by ffmpeg.

use std::process::Command;

/// A source for ffmpeg: different tones, clicks and noise in each channel. From time to
/// time all channels share a tone, so that the encoder uses joint stereo.
fn audio(channels: usize, sample_rate: u32) -> String {
    let tones: Vec<String> = (0..channels)
        .map(|n| {
            let pitch = 300 + 170 * n;
            format!(
                "0.2*sin(2*PI*{pitch}*t)+0.2*sin(2*PI*1000*t)*lt(mod(t\\,0.5)\\,0.2)\
                 +0.5*lt(mod(t+0.07*{n}\\,0.31)\\,0.0005)+0.02*random({n})"
            )
        })
        .collect();
    format!("aevalsrc={}:s={sample_rate}:d=2.5", tones.join("|"))
}

/// Runs ffmpeg and returns its output. `IN` among the arguments is a file that holds
/// `input`.
pub fn ffmpeg(arguments: &[&str], input: Option<&[u8]>) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("in");
    std::fs::write(&path, input.unwrap_or_default()).unwrap();
    let arguments = arguments.iter().map(|argument| match *argument {
        "IN" => path.to_str().unwrap(),
        argument => argument,
    });
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-bitexact"])
        .args(arguments)
        .arg("-")
        .output()
        .expect("ffmpeg is needed for the tests: apt-get install ffmpeg");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    output.stdout
}

/// An ADTS stream of the test audio, in a layout that ffmpeg names so.
pub fn adts(layout: &str, channels: usize, sample_rate: u32, options: &str) -> Vec<u8> {
    let audio = format!("{}:c={layout}", audio(channels, sample_rate));
    let mut arguments = vec!["-f", "lavfi", "-i", &audio, "-c:a", "aac"];
    arguments.extend(options.split_whitespace());
    arguments.extend(["-f", "adts"]);
    ffmpeg(&arguments, None)
}

/// The blocks of an ADTS stream without checksums.
pub fn blocks(mut adts: &[u8]) -> Vec<Vec<u8>> {
    const HEADER: usize = 7;
    let mut blocks = Vec::new();
    while let Some(&[0xff, 0xf1, _, a, b, c, _]) = adts.first_chunk::<HEADER>() {
        let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c) >> 5;
        let (frame, rest) = adts.split_at(length);
        blocks.push(frame[HEADER..].to_vec());
        adts = rest;
    }
    assert!(adts.is_empty(), "not an ADTS frame: {adts:?}");
    blocks
}
