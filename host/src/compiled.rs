//! The cache of compiled components on disk.
//!
//! Machine code is mapped from its file, so only the pages that run take memory, and a
//! second start compiles nothing. A file's name is a hash of its component and of
//! everything else that the code depends on, so a file is never out of date.

use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// Files that were not used for this long are removed when another one is written.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Bytes per write. Linux caches what is written at once as a unit, and running one page
/// of it makes the whole unit resident.
const PIECE: usize = 64 << 10;

/// The cache folder.
pub struct Folder(PathBuf);

impl Folder {
    /// In the user's cache folder, else in the app's state folder.
    ///
    /// # Errors
    /// If neither is writable.
    pub fn open(state_dir: &Path) -> io::Result<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let of_user = variable("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".cache")));
        if let Some(folder) = of_user
            && let Ok(folder) = Self::make(&folder.join("tonearm/compiled"))
        {
            return Ok(folder);
        }
        Self::make(&std::path::absolute(state_dir)?.join("compiled"))
    }

    /// Creates the folder. Its files are executed, so only their owner may write to it.
    fn make(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        // Fails if the folder is not writable.
        tempfile::tempfile_in(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// The file with the machine code of the component `wasm`. Compiles it first if the
    /// file does not exist.
    ///
    /// # Errors
    /// If `wasm` is not a valid component, or the file cannot be written.
    pub fn file_of(&self, engine: &Engine, wasm: &[u8]) -> Result<PathBuf> {
        let mut key = Key(Sha256::new_with_prefix(wasm));
        engine.precompile_compatibility_hash().hash(&mut key);
        let path = self.0.join(format!("{:x}.cwasm", key.0.finalize()));
        if let Ok(file) = File::options().append(true).open(&path)
            && load(engine, &path).is_ok()
        {
            _ = file.set_modified(SystemTime::now());
            return Ok(path);
        }
        let code = engine.precompile_component(wasm)?;
        // A file appears under its name only when it is complete, even if several processes
        // write the same one or the power fails.
        let mut new = NamedTempFile::new_in(&self.0)?;
        for piece in code.chunks(PIECE) {
            new.write_all(piece)?;
        }
        new.as_file().sync_all()?;
        new.persist(&path)?;
        self.remove_unused();
        Ok(path)
    }

    fn remove_unused(&self) {
        let is_unused = |entry: &fs::DirEntry| {
            let modified = entry.metadata().and_then(|of| of.modified()).ok();
            modified.and_then(|time| time.elapsed().ok()) > Some(UNUSED)
        };
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            if is_unused(&entry) {
                _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Loads the component whose machine code is in the file.
///
/// # Errors
/// If another version or configuration of wasmtime wrote the file.
#[allow(unsafe_code, reason = "see the SAFETY comments")]
pub fn load(engine: &Engine, path: &Path) -> Result<Component> {
    // SAFETY: wasmtime executes the file's contents unchecked, so they must be what
    // `file_of` wrote. Only the user can write to the folder, the name is a hash of the
    // component, and a file is never modified under its final name.
    let mapped = unsafe { Component::deserialize_file(engine, path) };
    mapped.or_else(|error| {
        // A file system mounted noexec cannot be mapped: copy the code instead.
        let Ok(code) = fs::read(path) else {
            return Err(error);
        };
        // SAFETY: as above.
        unsafe { Component::deserialize(engine, code) }
    })
}

/// A hasher without collisions.
struct Key(Sha256);

impl Hasher for Key {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn folder() -> (tempfile::TempDir, Folder, Engine) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::make(&dir.path().join("compiled")).unwrap();
        let engine = crate::engine::compiling().unwrap();
        (dir, folder, engine)
    }

    #[test]
    fn a_compiled_component_is_found_again() {
        let (_dir, folder, engine) = folder();
        let path = folder.file_of(&engine, EMPTY).unwrap();
        let written = fs::metadata(&path).unwrap().ino();
        assert_eq!(folder.file_of(&engine, EMPTY).unwrap(), path);
        assert_eq!(fs::metadata(&path).unwrap().ino(), written);
        load(&crate::engine::running().unwrap(), &path).unwrap();
    }

    #[test]
    fn several_threads_can_write_the_same_file() {
        let (_dir, folder, engine) = folder();
        let paths: Vec<_> = std::thread::scope(|scope| {
            let threads = [(); 8].map(|()| scope.spawn(|| folder.file_of(&engine, EMPTY)));
            threads.map(|thread| thread.join().unwrap().unwrap()).into()
        });
        assert!(paths.iter().all(|path| path == &paths[0]));
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let (_dir, folder, engine) = folder();
        let path = folder.file_of(&engine, EMPTY).unwrap();
        fs::write(&path, "no machine code").unwrap();
        assert_eq!(folder.file_of(&engine, EMPTY).unwrap(), path);
        load(&engine, &path).unwrap();
    }

    #[test]
    fn files_long_unused_are_removed() {
        let (_dir, folder, engine) = folder();
        let path = folder.file_of(&engine, EMPTY).unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - 2 * UNUSED).unwrap();
        let other = [EMPTY, b"\0\x04\x03odd"].concat();
        let other = folder.file_of(&engine, &other).unwrap();
        assert!(other.exists() && !path.exists());
    }
}
