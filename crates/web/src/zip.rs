//! ZIP archives (PKWARE APPNOTE 6.3) of files that are stored as they are, written as a
//! stream whose length is known before its first byte.
//!
//! Checksum and length of a file are in front of it, not behind, so that every program unpacks
//! the archive, also from a stream. ZIP64 is used where a number needs it.

use std::collections::HashSet;

/// A larger number is in a field of ZIP64 (section 4.4.1.4).
const MAX_32: u64 = 0xFFFF_FFFF;
const MAX_16: usize = 0xFFFF;
/// The name is UTF-8 (section 4.4.4, bit 11).
const UTF_8: u16 = 0x0800;
/// Version 2.0, and 4.5 for ZIP64 (section 4.4.3).
const VERSION: u16 = 20;
const VERSION_ZIP64: u16 = 45;
/// The host is Unix (section 4.4.2), so that files get the mode below.
const UNIX: u16 = 3 << 8;
/// A regular file, `rw-r--r--`.
const MODE: u32 = 0o100_644 << 16;
/// Extra fields: the time in UTC, and numbers of ZIP64 (section 4.5).
const EXTRA_TIME: u16 = 0x5455;
const EXTRA_ZIP64: u16 = 0x0001;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the archive.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When it was last changed, in seconds since 1970.
    pub modified: u64,
}

/// An archive. Its stream is, for each file, [`header`](Self::header) and the bytes of the
/// file, and at the end [`end`](Self::end).
#[derive(Debug, Clone)]
pub struct Archive {
    entries: Vec<Entry>,
    checksums: Vec<u32>,
}

impl Archive {
    /// An archive of these files. Names become unique, also where upper and lower case are
    /// the same, and lose characters that Windows refuses.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        let mut taken = HashSet::new();
        for entry in &mut entries {
            entry.name = unique(&portable(&entry.name), &mut taken);
        }
        let checksums = vec![0; entries.len()];
        Self { entries, checksums }
    }

    /// Its files.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The length of the stream.
    pub fn length(&self) -> u64 {
        self.directory_offset() + self.end().len() as u64
    }

    /// What stands before file `number`, whose CRC-32 is `checksum`. Empty if there is no
    /// such file.
    pub fn header(&mut self, number: usize, checksum: u32) -> Vec<u8> {
        let (Some(entry), Some(known)) = (self.entries.get(number), self.checksums.get_mut(number))
        else {
            return Vec::new();
        };
        *known = checksum;
        local_header(entry, checksum)
    }

    /// What stands behind the last file.
    pub fn end(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut offset = 0;
        for (entry, checksum) in self.entries.iter().zip(&self.checksums) {
            write_directory_entry(&mut bytes, entry, *checksum, offset);
            offset += local_header(entry, 0).len() as u64 + entry.bytes;
        }
        let (count, length) = (self.entries.len(), bytes.len() as u64);
        if count > MAX_16 || length > MAX_32 || offset >= MAX_32 {
            write_zip64_end(&mut bytes, count as u64, length, offset);
        }
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        put_32(&mut bytes, 0x0605_4b50);
        put_16(&mut bytes, &[0, 0, count, count]);
        put_32(&mut bytes, clipped(length));
        put_32(&mut bytes, clipped(offset));
        put_16(&mut bytes, &[0]);
        bytes
    }

    fn directory_offset(&self) -> u64 {
        let length = |entry: &Entry| local_header(entry, 0).len() as u64 + entry.bytes;
        self.entries.iter().map(length).sum()
    }
}

fn is_large(entry: &Entry) -> bool {
    entry.bytes >= MAX_32
}

fn clipped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Section 4.3.7.
fn local_header(entry: &Entry, checksum: u32) -> Vec<u8> {
    let mut extra = time_field(entry);
    if is_large(entry) {
        put_16(&mut extra, &[EXTRA_ZIP64, 16]);
        put_64(&mut extra, entry.bytes);
        put_64(&mut extra, entry.bytes);
    }
    let mut bytes = Vec::new();
    put_32(&mut bytes, 0x0403_4b50);
    put_16(&mut bytes, &[version(is_large(entry))]);
    write_common(&mut bytes, entry, checksum, extra.len());
    bytes.extend(entry.name.as_bytes());
    bytes.extend(extra);
    bytes
}

/// Section 4.3.12.
fn write_directory_entry(bytes: &mut Vec<u8>, entry: &Entry, checksum: u32, offset: u64) {
    let mut large = Vec::new();
    if is_large(entry) {
        put_64(&mut large, entry.bytes);
        put_64(&mut large, entry.bytes);
    }
    if offset >= MAX_32 {
        put_64(&mut large, offset);
    }
    let version = version(!large.is_empty());
    let mut extra = time_field(entry);
    if !large.is_empty() {
        put_16(&mut extra, &[EXTRA_ZIP64, large.len() as u16]);
        extra.extend(large);
    }
    put_32(bytes, 0x0201_4b50);
    put_16(bytes, &[UNIX | version, version]);
    write_common(bytes, entry, checksum, extra.len());
    // No comment, the first disk, not known to be text.
    put_16(bytes, &[0, 0, 0]);
    put_32(bytes, MODE);
    put_32(bytes, clipped(offset));
    bytes.extend(entry.name.as_bytes());
    bytes.extend(extra);
}

/// The fields that both headers have, from the flags to the length of the extra field.
fn write_common(bytes: &mut Vec<u8>, entry: &Entry, checksum: u32, extra: usize) {
    let [date, time] = dos_time(entry.modified);
    // Stored, not compressed.
    put_16(bytes, &[UTF_8, 0, time, date]);
    put_32(bytes, checksum);
    put_32(bytes, clipped(entry.bytes));
    put_32(bytes, clipped(entry.bytes));
    put_16(bytes, &[entry.name.len() as u16, extra as u16]);
}

/// Sections 4.3.14 and 4.3.15.
fn write_zip64_end(bytes: &mut Vec<u8>, count: u64, length: u64, offset: u64) {
    let position = offset + bytes.len() as u64;
    put_32(bytes, 0x0606_4b50);
    put_64(bytes, 44);
    put_16(bytes, &[UNIX | VERSION_ZIP64, VERSION_ZIP64]);
    put_64(bytes, 0);
    for number in [count, count, length, offset] {
        put_64(bytes, number);
    }
    put_32(bytes, 0x0706_4b50);
    put_32(bytes, 0);
    put_64(bytes, position);
    put_32(bytes, 1);
}

fn version(is_zip64: bool) -> u16 {
    if is_zip64 { VERSION_ZIP64 } else { VERSION }
}

fn time_field(entry: &Entry) -> Vec<u8> {
    let mut field = Vec::new();
    if let Ok(seconds) = i32::try_from(entry.modified) {
        put_16(&mut field, &[EXTRA_TIME, 5]);
        field.push(1);
        field.extend(seconds.to_le_bytes());
    }
    field
}

/// Date and time of MS-DOS (section 4.4.6), which has years from 1980 to 2107 and two-second
/// steps.
fn dos_time(seconds: u64) -> [u16; 2] {
    // 1980-01-01 and 2107-12-31 23:59:58.
    let seconds = seconds.clamp(315_532_800, 4_354_819_198);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days to a date of the civil calendar, whose years begin in March here.
    let since_0000 = days + 719_468;
    let (era, day_of_era) = (since_0000 / 146_097, since_0000 % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year_of_era + era * 400 + next;
    let date = (year - 1980) << 9 | month << 5 | day;
    let time = (second / 3600) << 11 | (second / 60 % 60) << 5 | (second % 60 / 2);
    [date as u16, time as u16]
}

/// Names that Windows can store too.
fn portable(name: &str) -> String {
    let replace = |c: char| match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    name.chars().map(replace).collect()
}

/// `name`, with a number behind it if it is taken: `a.mp3`, `a (2).mp3`.
fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let (stem, extension) = match name.rfind('.') {
        Some(dot) => name.split_at(dot),
        None => (name, ""),
    };
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.to_lowercase()) {
        candidate = format!("{stem} ({number}){extension}");
        number += 1;
    }
    candidate
}

fn put_16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put_32(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_le_bytes());
}

fn put_64(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend(number.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_ms_dos() {
        for (seconds, date, time) in [
            (0, (1980, 1, 1), (0, 0, 0)),
            (951_782_399, (2000, 2, 28), (23, 59, 58)),
            (951_868_800, (2000, 3, 1), (0, 0, 0)),
            (1_709_210_096, (2024, 2, 29), (12, 34, 56)),
            (1_796_126_400, (2026, 12, 1), (12, 0, 0)),
            (u64::MAX, (2107, 12, 31), (23, 59, 58)),
        ] {
            let [got_date, got_time] = dos_time(seconds);
            let read = (got_date >> 9, got_date >> 5 & 15, got_date & 31);
            assert_eq!((read.0 + 1980, read.1, read.2), date, "{seconds}");
            let read = (got_time >> 11, got_time >> 5 & 63, (got_time & 31) * 2);
            assert_eq!(read, time, "{seconds}");
        }
    }

    #[test]
    fn names_are_unique_in_every_file_system() {
        let entry = |name: &str| Entry {
            name: name.to_owned(),
            bytes: 1,
            modified: 0,
        };
        let names = [
            "a.mp3",
            "a.mp3",
            "A.mp3",
            "a (2).mp3",
            "b",
            "b",
            "x:y?.mp3",
            "ä/b.mp3",
        ];
        let archive = Archive::new(names.map(entry).to_vec());
        let got: Vec<_> = archive.entries().iter().map(|entry| &*entry.name).collect();
        assert_eq!(
            got,
            [
                "a.mp3",
                "a (2).mp3",
                "A (3).mp3",
                "a (2) (2).mp3",
                "b",
                "b (2)",
                "x_y_.mp3",
                "ä_b.mp3",
            ]
        );
    }
}
