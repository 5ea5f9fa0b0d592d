//! Real files that other people made and published, compared with ffmpeg's decode. They are
//! no part of the repository: the folder `shared/cases` beside it, or `TONEARM_CASES`, has
//! them. Each kind of fault has a test of its own elsewhere, with a file that the test makes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tonearm_test_tools::require_tool;

use crate::compare::compare;
use crate::decoded::{by_ffmpeg, by_tonearm};
use crate::require_libavcodec;

/// Files of which ffmpeg 5.1 decodes only a part, and their length in seconds. Of Speex in
/// FLV it decodes the first frame of each packet, which is half of the sound.
const BEYOND_FFMPEG: &[(&str, f64)] = &[("38-speex.flv", 2.1)];

fn folder() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases");
    std::env::var_os("TONEARM_CASES").map_or_else(|| PathBuf::from(beside), PathBuf::from)
}

fn difference(ffmpeg: &Path, file: &Path) -> Result<(), String> {
    let ours = by_tonearm(file).map_err(|error| error.to_string())?;
    let name = file.file_name().and_then(|name| name.to_str());
    if let Some((_, seconds)) = BEYOND_FFMPEG.iter().find(|(it, _)| Some(*it) == name) {
        return match (ours.seconds() - seconds).abs() < 0.06 {
            true => Ok(()),
            false => Err(format!("{:.3} s instead of {seconds}", ours.seconds())),
        };
    }
    compare(&ours, &by_ffmpeg(ffmpeg, file, &ours))
}

#[test]
fn real_files_decode_as_by_ffmpeg() {
    require_libavcodec!();
    let ffmpeg = require_tool!("ffmpeg");
    let folder = folder().join("real");
    let Ok(entries) = folder.read_dir() else {
        eprintln!("SKIPPED: no folder {}", folder.display());
        return;
    };
    let files = entries.map(|entry| entry.unwrap().path());
    let differences: BTreeMap<String, String> = files
        .filter_map(|file| {
            let name = file.file_name()?.to_str()?.to_owned();
            Some((name, difference(&ffmpeg, &file).err()?))
        })
        .collect();
    for (name, why) in &differences {
        eprintln!("{name}: {why}");
    }
    assert!(differences.is_empty());
}
