//! AC-3 and E-AC-3 in every container that carries them.

use crate::listen::{hear, snr};
use crate::make::{Desk, ffmpeg_decode};

#[test]
fn trial() {
    let desk = Desk::new();
    for (name, channels, words) in [
        ("a.mkv", 2, "-c:a ac3 -b:a 192k"),
        ("a1.mkv", 1, "-c:a ac3 -b:a 96k"),
        ("b.mkv", 2, "-c:a eac3 -b:a 192k"),
        ("a.mp4", 2, "-c:a ac3 -b:a 384k"),
        ("b.mp4", 2, "-c:a eac3"),
    ] {
        let path = desk.tones(name, 48_000, channels, words);
        let heard = hear(&path).unwrap();
        let theirs = ffmpeg_decode(&path);
        let snr = snr(&heard.samples, &theirs);
        let per: Vec<f64> = (0..heard.channels())
            .map(|c| heard.tone(c, 400.0 + 200.0 * c as f64))
            .collect();
        println!(
            "{name} {snr} dB {} {} {per:?}",
            heard.samples.len(),
            theirs.len()
        );
    }
}
