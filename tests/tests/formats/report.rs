//! `docs/formats.md`: its tables are written from what was seen, and compared.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use tonearm_e2e::paths;

use crate::cases::{Case, Expect, Group};
use crate::making::SECONDS;
use crate::measure::Measured;

/// How far the level of a tone may be off, in dB.
const LEVEL: f64 = 0.3;
/// How much lower the signal-to-noise ratio may be than that of ffmpeg's MP3 of the
/// same sound, in dB.
const NOISE: f64 = 1.5;
/// How far numbers of decibels may be from those in the docs: another version of
/// ffmpeg makes other files.
const DRIFT: f64 = 3.0;

/// A line of a table.
pub struct Row {
    group: Group,
    cells: Vec<String>,
    wrong: Option<String>,
}

impl Row {
    /// A file that became an MP3.
    pub fn heard(case: &Case, seen: &Measured) -> Self {
        let Expect::Sound(sound) = &case.expect else {
            return Self {
                group: case.group,
                cells: vec![format!("`{}`", case.name)],
                wrong: Some(format!("{}: was converted", case.name)),
            };
        };
        let mut wrong = Vec::new();
        let of_source = (SECONDS * f64::from(seen.rate)).round() as usize;
        let is_as_source = seen.samples == of_source;
        if seen.longer.unsigned_abs() as usize > sound.slack && !is_as_source {
            wrong.push(format!("{} samples longer", seen.longer));
        }
        if seen.level.abs() > LEVEL {
            wrong.push(format!("a tone is {:+.2} dB louder", seen.level));
        }
        if seen.leak > -50.0 {
            wrong.push(format!(
                "another channel's tone is at {:.1} dBFS",
                seen.leak
            ));
        }
        if seen.snr < seen.snr_of_ffmpeg - NOISE {
            wrong.push(format!(
                "{:.1} dB, ffmpeg's {:.1}",
                seen.snr, seen.snr_of_ffmpeg
            ));
        }
        let note = match case.note {
            "" if seen.longer < 0 => "ffmpeg plays the padding at the end",
            note => note,
        };
        let shape = match (sound.channels, seen.channels) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from} → {to}"),
        };
        let rate = match (sound.rate, seen.rate) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from} → {to}"),
        };
        Self {
            group: case.group,
            cells: vec![
                format!("`{}`", case.name),
                case.container.to_owned(),
                case.codec.to_owned(),
                rate,
                shape,
                seen.samples.to_string(),
                format!("{:+}", seen.longer),
                format!("{:+.1} dB", seen.level),
                format!("{:.0} dB", seen.snr),
                format!("{:.0} dB", seen.snr_of_ffmpeg),
                note.to_owned(),
            ],
            wrong: (!wrong.is_empty()).then(|| format!("{}: {}", case.name, wrong.join("; "))),
        }
    }

    /// A file that did not.
    pub fn failed(case: &Case, error: &Value) -> Self {
        let code = error["code"].as_str().unwrap_or_default();
        let sentence = error["message"].as_str().unwrap_or_default();
        let is_expected = matches!(case.expect, Expect::Error(wanted) if wanted == code);
        Self {
            group: case.group,
            cells: vec![
                format!("`{}`", case.name),
                case.note.to_owned(),
                format!("`{code}`"),
                sentence.to_owned(),
            ],
            wrong: (!is_expected).then(|| format!("{}: {code}: {sentence}", case.name)),
        }
    }
}

/// Fails where a row is wrong, or the docs tell otherwise.
pub fn check(rows: &[Row]) {
    let wrong: Vec<&str> = rows.iter().filter_map(|row| row.wrong.as_deref()).collect();
    let docs = docs();
    let text = std::fs::read_to_string(&docs).unwrap();
    let seen = filled(&text, rows);
    if std::env::var_os("FORMATS_UPDATE").is_some() {
        std::fs::write(&docs, &seen).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let text = std::fs::read_to_string(&docs).unwrap();
    let differing: Vec<_> = text
        .lines()
        .zip(seen.lines())
        .filter(|(told, seen)| !is_same(told, seen))
        .collect();
    assert!(
        differing.is_empty() && text.lines().count() == seen.lines().count(),
        "docs/formats.md is not what is seen (FORMATS_UPDATE=1 writes it): {differing:#?}"
    );
}

fn docs() -> PathBuf {
    paths::workspace().join("docs/formats.md")
}

/// The docs with the rows of each table between its head and its end mark.
fn filled(text: &str, rows: &[Row]) -> String {
    let mut filled = text.to_owned();
    for group in Group::ALL {
        let start = format!("<!-- {} -->\n", group.name());
        let (before, rest) = filled.split_once(&start).expect("each table has a mark");
        let (_, after) = rest.split_once(END).expect("each table has an end");
        let head: String = rest.split_inclusive('\n').take(2).collect();
        let mut table = format!("{before}{start}{head}");
        for row in rows.iter().filter(|row| row.group == group) {
            writeln!(table, "| {} |", row.cells.join(" | ")).unwrap();
        }
        filled = table + END + after;
    }
    filled
}

/// What stands behind each table.
const END: &str = "<!-- end -->";

/// Whether two lines say the same, decibels within [`DRIFT`].
fn is_same(told: &str, seen: &str) -> bool {
    let decibels = |cell: &str| cell.trim().strip_suffix(" dB")?.parse::<f64>().ok();
    let (told, seen): (Vec<_>, Vec<_>) = (told.split(" | ").collect(), seen.split(" | ").collect());
    told.len() == seen.len()
        && told
            .iter()
            .zip(&seen)
            .all(|(told, seen)| match (decibels(told), decibels(seen)) {
                (Some(told), Some(seen)) => (told - seen).abs() <= DRIFT,
                _ => told == seen,
            })
}
