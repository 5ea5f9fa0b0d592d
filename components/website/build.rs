//! Compresses the files of `assets/` and writes the table of them, as a `Site` of
//! `tonearm_site`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

/// The file for `/`.
const PAGE: &str = "index.html";
/// In the page, the folder of all other files.
const BASE: &str = "{{base}}";
/// Bytes of a hash that identify a version.
const HASH_BYTES: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    let mut files = BTreeMap::new();
    read(Path::new("assets"), "", &mut files)?;
    let hash = hash_of_all(&files);
    let page = files.remove(PAGE).ok_or("assets/index.html is missing")?;
    let page = String::from_utf8(page)?.replace(BASE, &format!("/site/{hash}"));

    let mut writer = Writer::new(PathBuf::from(env::var("OUT_DIR")?));
    let page = writer.asset(PAGE, page.as_bytes())?;
    let mut table = String::new();
    for (path, bytes) in &files {
        writeln!(table, "        {},", writer.asset(path, bytes)?)?;
    }
    let site = format!(
        "Site {{\n    hash: {hash:?},\n    page: {page},\n    files: &[\n{table}    ],\n}}\n"
    );
    fs::write(writer.folder.join("site.rs"), site)?;
    Ok(())
}

/// Reads all files below `folder`; the names of folders are part of their paths.
fn read(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().ok_or("a name in assets/ is not UTF-8")?;
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

fn hash_of_all(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hexadecimal(&hash.finalize())
}

fn hexadecimal(hash: &[u8]) -> String {
    let bytes = hash.iter().take(HASH_BYTES);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the encodings of files into a folder.
struct Writer {
    folder: PathBuf,
    written: usize,
}

impl Writer {
    fn new(folder: PathBuf) -> Self {
        Self { folder, written: 0 }
    }

    /// An `Asset` of `tonearm_site` as source code.
    fn asset(&mut self, path: &str, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
        let media_type = tonearm_site::media_type(path)
            .ok_or_else(|| format!("assets/{path}: crates/site has no media type for it"))?;
        let tag = hexadecimal(&Sha256::digest(bytes));
        let identity = self.embed(bytes)?;
        let brotli = self.embed_if_shorter(&brotli(bytes)?, bytes)?;
        let gzip = self.embed_if_shorter(&gzip(bytes)?, bytes)?;
        Ok(format!(
            "Asset {{ path: {path:?}, media_type: {media_type:?}, tag: {tag:?}, \
             identity: {identity}, brotli: {brotli}, gzip: {gzip} }}"
        ))
    }

    fn embed_if_shorter(&mut self, encoded: &[u8], bytes: &[u8]) -> Result<String, Box<dyn Error>> {
        if encoded.len() < bytes.len() {
            Ok(format!("Some({})", self.embed(encoded)?))
        } else {
            Ok("None".to_owned())
        }
    }

    fn embed(&mut self, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
        self.written += 1;
        let file = self.folder.join(self.written.to_string());
        fs::write(&file, bytes)?;
        Ok(format!("include_bytes!({:?})", file.display().to_string()))
    }
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    // The highest quality and a window of 4 MiB, larger than any file.
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    encoder.write_all(bytes)?;
    Ok(encoder.into_inner())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
