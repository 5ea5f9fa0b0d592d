use crate::listen::{hear, snr};
use crate::make::{Desk, ffmpeg_decode};

#[test]
fn trial() {
    let desk = Desk::new();
    let x = "-c:v libx264 -preset ultrafast -g 25 -c:a";
    let mut bad = 0;
    for (name, rate, channels, words) in std::fs::read_to_string("/tmp/x/cases")
        .unwrap()
        .lines()
        .filter(|l| !l.is_empty())
        .map(|l| {
            let mut p = l.splitn(4, ' ');
            (
                p.next().unwrap().to_owned(),
                p.next().unwrap().parse().unwrap(),
                p.next().unwrap().parse().unwrap(),
                p.next().unwrap_or("").replace("X264", x),
            )
        })
    {
        let path = if words.contains("-c:v") {
            desk.film(&name, rate, channels, &words)
        } else {
            desk.tones(&name, rate, channels, &words)
        };
        let theirs = ffmpeg_decode(&path);
        match hear(&path) {
            Err(e) => {
                bad += 1;
                println!("{name}: ERROR {e} {e:?}")
            }
            Ok(heard) => {
                let mut snrs = vec![];
                for c in 0..heard.channels() {
                    let ours = heard.channel(c);
                    let their: Vec<f32> =
                        theirs.iter().skip(c).step_by(channels).copied().collect();
                    snrs.push(snr(&ours, &their) as i32);
                }
                let per: Vec<String> = (0..heard.channels())
                    .map(|c| format!("{:.3}", heard.tone(c, 400.0 + 200.0 * c as f64)))
                    .collect();
                println!(
                    "{name}: {} {} {} ours {} theirs {} source {} snr {snrs:?} tones {per:?} concealed {} trunc {} dur {:?}",
                    heard.info.container,
                    heard.info.codec,
                    heard.info.channels,
                    heard.frames(),
                    theirs.len() / channels,
                    (3.217 * rate as f64).round(),
                    heard.concealed,
                    heard.is_truncated,
                    heard.info.duration
                );
            }
        }
    }
    println!("bad {bad}");
}
