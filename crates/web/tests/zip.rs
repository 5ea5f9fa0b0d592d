//! Archives, read by independent programs: the crate `zip`, Python, and Info-ZIP's `unzip`
//! where it is installed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

use tonearm_web::zip::{Archive, Entry};

fn entry(name: &str, bytes: u64) -> Entry {
    Entry {
        name: name.to_owned(),
        bytes,
        modified: 1_796_126_400,
    }
}

/// Writes an archive. Zeros at the end of a file are not written but skipped.
fn write(path: &Path, files: &[(&str, &[u8], u64)]) {
    let entries = files
        .iter()
        .map(|(name, start, zeros)| entry(name, start.len() as u64 + zeros));
    let mut archive = Archive::new(entries.collect());
    let mut file = File::create(path).unwrap();
    for (number, (_, start, zeros)) in files.iter().enumerate() {
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(start);
        checksum.combine(&of_zeros(*zeros));
        let header = archive.header(number, checksum.finalize());
        file.write_all(&header).unwrap();
        file.write_all(start).unwrap();
        file.seek(SeekFrom::Current((*zeros).try_into().unwrap()))
            .unwrap();
    }
    file.write_all(&archive.end()).unwrap();
    assert_eq!(file.stream_position().unwrap(), archive.length());
}

/// The checksum of this many zeros, by doubling.
fn of_zeros(count: u64) -> crc32fast::Hasher {
    let mut power = crc32fast::Hasher::new();
    power.update(&[0]);
    let mut sum = crc32fast::Hasher::new();
    for bit in 0..64 {
        if count >> bit & 1 == 1 {
            sum.combine(&power);
        }
        let half = power.clone();
        power.combine(&half);
    }
    sum
}

/// Runs a program that must like the archive; without the program, nothing.
fn check(program: &str, arguments: &[&str]) {
    match Command::new(program).args(arguments).output() {
        Ok(output) => assert!(output.status.success(), "{program}: {output:?}"),
        Err(error) => eprintln!("SKIPPED: {program}: {error}"),
    }
}

const NAMES: &str = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
names = archive.namelist()
assert names == sys.argv[2:], names
for info in archive.infolist():
    assert info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 8, info
    assert info.date_time == (2026, 12, 1, 12, 0, 0), info.date_time
    assert info.external_attr >> 16 == 0o100644, info.external_attr
";

#[test]
fn independent_programs_read_names_and_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let files: [(&str, &[u8], u64); 4] = [
        ("talk.mp3", b"first", 0),
        ("talk.mp3", b"second", 0),
        ("Käse & <Wein> 日本.mp3", b"third", 1000),
        ("empty.mp3", b"", 0),
    ];
    write(&path, &files);
    let names = [
        "talk.mp3",
        "talk (2).mp3",
        "Käse & _Wein_ 日本.mp3",
        "empty.mp3",
    ];
    let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(archive.len(), files.len());
    for (number, (_, start, zeros)) in files.iter().enumerate() {
        let mut file = archive.by_index(number).unwrap();
        assert_eq!(file.name(), names[number]);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let expected = [start, &vec![0; usize::try_from(*zeros).unwrap()][..]].concat();
        assert_eq!(bytes, expected, "the checksum is right too");
    }
    // The crate reads a stream only if lengths and checksums stand in front.
    let mut stream = File::open(&path).unwrap();
    let mut count = 0;
    while let Some(mut file) = zip::read::read_zipfile_from_stream(&mut stream).unwrap() {
        std::io::copy(&mut file, &mut std::io::sink()).unwrap();
        count += 1;
    }
    assert_eq!(count, files.len());
    let path = path.to_str().unwrap();
    let arguments = [&["-c", NAMES, path], &names[..]].concat();
    check("python3", &arguments);
    check("unzip", &["-t", path]);
}

#[test]
fn an_archive_without_files_is_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    write(&path, &[]);
    assert!(
        zip::ZipArchive::new(File::open(&path).unwrap())
            .unwrap()
            .is_empty()
    );
}

/// The file is sparse, so it takes no room.
#[test]
fn files_and_archives_beyond_4_gib_use_zip64() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.zip");
    let large = 5 << 30;
    write(
        &path,
        &[
            ("small.mp3", b"small", 0),
            ("large.mp3", b"large", large),
            ("last.mp3", b"last", 0),
        ],
    );
    let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(archive.by_name("large.mp3").unwrap().size(), large + 5);
    let mut last = String::new();
    archive
        .by_name("last.mp3")
        .unwrap()
        .read_to_string(&mut last)
        .unwrap();
    assert_eq!(last, "last");
    let program = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert [info.file_size for info in archive.infolist()] == [5, (5 << 30) + 5, 4]
assert archive.read('last.mp3') == b'last'
assert archive.open('large.mp3').read(5) == b'large'
";
    check("python3", &["-c", program, path.to_str().unwrap()]);
}
