//! Writes the tables of `docs/formats.md` from the measurements, or compares them.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use tonearm_e2e::paths;

use crate::cases::{Case, Expect, Group};
use crate::generate::SECONDS;
use crate::measure::Measured;

/// Tolerance of the level of a tone, in dB.
const LEVEL_TOLERANCE: f64 = 0.3;
/// How much lower than that of ffmpeg's MP3 the signal-to-noise ratio may be, in dB.
const SNR_TOLERANCE: f64 = 1.5;
/// Tolerance of the decibels in the docs: versions of ffmpeg make different files.
const DOCS_TOLERANCE: f64 = 3.0;

/// A row of a table.
pub struct Row {
    group: Group,
    cells: Vec<String>,
    wrong: Option<String>,
}

impl Row {
    /// A file that was converted.
    pub fn converted(case: &Case, measured: &Measured) -> Self {
        let Expect::Audio(audio) = &case.expect else {
            return Self {
                group: case.group,
                cells: vec![format!("`{}`", case.name)],
                wrong: Some(format!("{}: was converted", case.name)),
            };
        };
        let mut wrong = Vec::new();
        let of_source = (SECONDS * f64::from(measured.rate)).round() as usize;
        let is_as_source = measured.samples == of_source;
        if measured.longer.unsigned_abs() as usize > audio.slack && !is_as_source {
            wrong.push(format!("{} samples longer", measured.longer));
        }
        if measured.level.abs() > LEVEL_TOLERANCE {
            wrong.push(format!("a tone is {:+.2} dB louder", measured.level));
        }
        if measured.leak > -50.0 {
            wrong.push(format!(
                "another channel's tone is at {:.1} dBFS",
                measured.leak
            ));
        }
        if measured.snr < measured.snr_of_ffmpeg - SNR_TOLERANCE {
            wrong.push(format!(
                "{:.1} dB, ffmpeg's {:.1}",
                measured.snr, measured.snr_of_ffmpeg
            ));
        }
        let note = match case.note {
            "" if measured.longer < 0 => "ffmpeg plays the padding at the end",
            note => note,
        };
        let shape = match (audio.channels, measured.channels) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from} → {to}"),
        };
        let rate = match (audio.rate, measured.rate) {
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
                measured.samples.to_string(),
                format!("{:+}", measured.longer),
                format!("{:+.1} dB", measured.level),
                format!("{:.0} dB", measured.snr),
                format!("{:.0} dB", measured.snr_of_ffmpeg),
                note.to_owned(),
            ],
            wrong: (!wrong.is_empty()).then(|| format!("{}: {}", case.name, wrong.join("; "))),
        }
    }

    /// A file that could not be converted.
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

/// Fails if a row is wrong or differs from the docs.
pub fn check(rows: &[Row]) {
    let wrong: Vec<&str> = rows.iter().filter_map(|row| row.wrong.as_deref()).collect();
    let docs = docs();
    let text = std::fs::read_to_string(&docs).unwrap();
    let expected = filled(&text, rows);
    if std::env::var_os("FORMATS_UPDATE").is_some() {
        std::fs::write(&docs, &expected).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let text = std::fs::read_to_string(&docs).unwrap();
    let differing: Vec<_> = text
        .lines()
        .zip(expected.lines())
        .filter(|(line, expected)| !is_same(line, expected))
        .collect();
    assert!(
        differing.is_empty() && text.lines().count() == expected.lines().count(),
        "docs/formats.md differs from the measurements (FORMATS_UPDATE=1 updates it): {differing:#?}"
    );
}

fn docs() -> PathBuf {
    paths::workspace().join("docs/formats.md")
}

/// The docs with these rows between the header and the end mark of each table.
fn filled(text: &str, rows: &[Row]) -> String {
    let mut filled = text.to_owned();
    for group in Group::ALL {
        let start = format!("<!-- {} -->\n", group.name());
        let (before, rest) = filled.split_once(&start).expect("each table has a mark");
        let (_, after) = rest.split_once(END).expect("each table has an end");
        let header: String = rest.split_inclusive('\n').take(2).collect();
        let mut table = format!("{before}{start}{header}");
        for row in rows.iter().filter(|row| row.group == group) {
            writeln!(table, "| {} |", row.cells.join(" | ")).unwrap();
        }
        filled = table + END + after;
    }
    filled
}

/// The mark after each table.
const END: &str = "<!-- end -->";

/// Whether two lines are equal, with decibels within [`DOCS_TOLERANCE`].
fn is_same(line: &str, expected: &str) -> bool {
    let decibels = |cell: &str| cell.trim().strip_suffix(" dB")?.parse::<f64>().ok();
    let line: Vec<_> = line.split(" | ").collect();
    let expected: Vec<_> = expected.split(" | ").collect();
    line.len() == expected.len()
        && line.iter().zip(&expected).all(|(cell, expected)| {
            match (decibels(cell), decibels(expected)) {
                (Some(cell), Some(expected)) => (cell - expected).abs() <= DOCS_TOLERANCE,
                _ => cell == expected,
            }
        })
}
