//! The guarantees of a blob, on an in-memory store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod pieces;
mod resumed;
mod split;

use std::io::{Read, Seek, SeekFrom};

use proptest::prelude::*;
use tonearm_blobs::{
    BlobError, BlobName, Manifest, Part, Reader, Store, Writer, delete, memory::MemoryStore,
};

fn name() -> BlobName {
    BlobName::new("video/0190a-1").unwrap()
}

fn read_all(store: &MemoryStore) -> Vec<u8> {
    let mut bytes = Vec::new();
    Reader::open(store, name())
        .unwrap()
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

#[test]
fn key_names_are_stable() {
    let store = MemoryStore::default();
    let mut writer = Writer::new(&store, name(), 2);
    writer.write(b"abc").unwrap();
    writer.finish("text/plain").unwrap();
    insta::assert_debug_snapshot!(store.keys());
    let manifest = store.get("blob:video/0190a-1").unwrap().unwrap();
    insta::assert_snapshot!(String::from_utf8(manifest).unwrap());
}

#[test]
fn a_half_written_blob_cannot_be_opened() {
    let store = MemoryStore::default();
    let mut writer = Writer::new(&store, name(), 2);
    writer.write(b"abcde").unwrap();
    assert!(Reader::open(&store, name()).unwrap().is_none());
}

#[test]
fn abort_leaves_nothing_behind() {
    let store = MemoryStore::default();
    let mut writer = Writer::new(&store, name(), 2);
    writer.write(b"abcde").unwrap();
    writer.abort().unwrap();
    assert!(store.keys().is_empty());
}

/// A store that counts reads.
struct Counting<'a>(&'a MemoryStore, std::cell::Cell<usize>);

impl<'a> Counting<'a> {
    fn of(store: &'a MemoryStore) -> Self {
        Self(store, 0.into())
    }

    /// Number of keys read.
    fn count(&self) -> usize {
        self.1.get()
    }
}

impl Store for Counting<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError> {
        self.1.set(self.1.get() + 1);
        self.0.get(key)
    }
    fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError> {
        self.0.set(key, value)
    }
    fn delete(&self, key: &str) -> Result<(), BlobError> {
        self.0.delete(key)
    }
    fn exists(&self, key: &str) -> Result<bool, BlobError> {
        self.0.exists(key)
    }
}

#[test]
fn reading_forward_at_four_positions_fetches_each_chunk_once() {
    const CHUNK: usize = 10;
    const BYTES: usize = 1000;
    let store = MemoryStore::default();
    let mut writer = Writer::new(&store, name(), CHUNK);
    writer.write(&[7; BYTES]).unwrap();
    writer.finish("video/mp4").unwrap();
    let store = Counting::of(&store);
    let mut reader = Reader::open(&store, name()).unwrap().unwrap();
    let opened = store.count();
    // One position reads the whole front half; the others read a byte of a table behind it
    // now and then.
    let tables = [500, 700, 900];
    let mut byte = [0];
    for at in 0..500 {
        reader.seek(SeekFrom::Start(at)).unwrap();
        reader.read_exact(&mut byte).unwrap();
        if at % 60 == 0 {
            for table in tables {
                reader.seek(SeekFrom::Start(table + at / 10)).unwrap();
                reader.read_exact(&mut byte).unwrap();
            }
        }
    }
    let (front, behind) = (50, tables.len() * 5);
    assert_eq!(store.count() - opened, front + behind);
}

/// A store that fails after a number of deletes, as a killed process does.
struct FailingDelete<'a>(&'a MemoryStore, std::cell::Cell<u32>);

impl Store for FailingDelete<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.get(key)
    }
    fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError> {
        self.0.set(key, value)
    }
    fn exists(&self, key: &str) -> Result<bool, BlobError> {
        self.0.exists(key)
    }
    fn delete(&self, key: &str) -> Result<(), BlobError> {
        if self.1.get() == 0 {
            return Err(BlobError::Store {
                key: key.to_owned(),
                reason: "killed".to_owned(),
            });
        }
        self.1.set(self.1.get() - 1);
        self.0.delete(key)
    }
}

#[test]
fn an_interrupted_delete_is_finished_by_the_next() {
    for deletes in 0..7 {
        let store = MemoryStore::default();
        let mut writer = Writer::new(&store, name(), 2);
        writer.write(b"abcdefghij").unwrap();
        writer.finish("text/plain").unwrap();
        let interrupted = delete(&FailingDelete(&store, deletes.into()), &name());
        assert_eq!(interrupted.is_err(), deletes < 6);
        delete(&store, &name()).unwrap();
        assert_eq!(
            store.keys(),
            Vec::<String>::new(),
            "after {deletes} deletes"
        );
    }
}

#[test]
fn a_missing_chunk_is_an_error() {
    let store = MemoryStore::default();
    let mut writer = Writer::new(&store, name(), 2);
    writer.write(b"abcde").unwrap();
    writer.finish("text/plain").unwrap();
    store.delete("blob:video/0190a-1:1").unwrap();
    let mut reader = Reader::open(&store, name()).unwrap().unwrap();
    let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "chunk 1 of video/0190a-1 is missing");
}

#[test]
fn damaged_manifests_are_reported() {
    let store = MemoryStore::default();
    for json in [
        "{",
        "{}",
        r#"{"version":2,"bytes":1,"chunk_bytes":1,"media_type":"a/b"}"#,
        r#"{"version":1,"bytes":1,"chunk_bytes":0,"media_type":"a/b"}"#,
    ] {
        store.set("blob:video/0190a-1", json.as_bytes()).unwrap();
        let error = Manifest::load(&store, &name()).unwrap_err();
        assert!(matches!(error, BlobError::BadManifest { .. }), "{error}");
    }
}

#[test]
fn a_patch_beyond_the_end_is_refused() {
    let store = MemoryStore::default();
    let mut writer = Writer::new(&store, name(), 2);
    writer.write(b"abc").unwrap();
    assert!(matches!(
        writer.patch(2, b"xy"),
        Err(BlobError::PatchBeyondEnd { end: 4, written: 3 })
    ));
}

#[test]
fn names_that_could_collide_are_refused() {
    for bad in ["", "a:0", "A", "ä", "a b", &"x".repeat(129)] {
        assert!(BlobName::new(bad).is_none(), "{bad}");
    }
}

proptest! {
    #[test]
    fn written_bytes_are_read_back(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
        chunk in 1usize..20,
    ) {
        let store = MemoryStore::default();
        let mut writer = Writer::new(&store, name(), chunk);
        for piece in &pieces {
            writer.write(piece).unwrap();
        }
        let manifest = writer.finish("a/b").unwrap();
        let whole = pieces.concat();
        prop_assert_eq!(manifest.bytes, whole.len() as u64);
        prop_assert_eq!(read_all(&store), whole);
        delete(&store, &name()).unwrap();
        prop_assert!(store.keys().is_empty());
    }

    #[test]
    fn a_patch_replaces_only_its_bytes(
        mut bytes in prop::collection::vec(any::<u8>(), 1..60),
        patch in prop::collection::vec(any::<u8>(), 0..60),
        position in any::<prop::sample::Index>(),
        chunk in 1usize..20,
    ) {
        let patch = &patch[..patch.len().min(bytes.len())];
        let offset = position.index(bytes.len() - patch.len() + 1);
        let store = MemoryStore::default();
        let mut writer = Writer::new(&store, name(), chunk);
        writer.write(&bytes).unwrap();
        writer.patch(offset as u64, patch).unwrap();
        writer.finish("a/b").unwrap();
        bytes[offset..offset + patch.len()].copy_from_slice(patch);
        prop_assert_eq!(read_all(&store), bytes);
    }

    #[test]
    fn any_range_reads_as_from_a_slice(
        bytes in prop::collection::vec(any::<u8>(), 0..80),
        seeks in prop::collection::vec((0u64..100, 0usize..30), 1..10),
        chunk in 1usize..12,
    ) {
        let store = MemoryStore::default();
        let mut writer = Writer::new(&store, name(), chunk);
        writer.write(&bytes).unwrap();
        writer.finish("a/b").unwrap();
        let mut reader = Reader::open(&store, name()).unwrap().unwrap();
        for (start, length) in seeks {
            reader.seek(SeekFrom::Start(start)).unwrap();
            let mut got = Vec::new();
            reader.by_ref().take(length as u64).read_to_end(&mut got).unwrap();
            let from = (start as usize).min(bytes.len());
            let to = (from + length).min(bytes.len());
            prop_assert_eq!(&got[..], &bytes[from..to]);
        }
    }
}

/// Stores `bytes` as a separate blob, to be a part of another.
fn part(store: &MemoryStore, name: &str, chunk_bytes: usize, bytes: &[u8]) -> Part {
    let name = BlobName::new(name).unwrap();
    let mut writer = Writer::new(store, name.clone(), chunk_bytes);
    writer.write(bytes).unwrap();
    let manifest = writer.finish("audio/mpeg").unwrap();
    Part::new(name, manifest.bytes, manifest.chunk_bytes)
}

#[test]
fn parts_are_joined_by_reference() {
    let store = MemoryStore::default();
    let parts = vec![
        part(&store, "a", 2, b"defgh"),
        part(&store, "b", 4, b""),
        part(&store, "c", 3, b"ij"),
    ];
    let mut writer = Writer::new(&store, name(), 2);
    writer.write(b"abc").unwrap();
    let manifest = writer.finish_joined("audio/mpeg", parts).unwrap();
    assert_eq!(manifest.bytes, 10);
    assert_eq!(read_all(&store), b"abcdefghij");
    let manifest = store.get("blob:video/0190a-1").unwrap().unwrap();
    insta::assert_snapshot!(String::from_utf8(manifest).unwrap());
    delete(&store, &name()).unwrap();
    assert!(
        store.exists("blob:a:2").unwrap(),
        "deleting a joined blob keeps its parts"
    );
}

proptest! {
    #[test]
    fn any_range_of_a_joined_blob_reads_like_a_plain_one(
        own in prop::collection::vec(any::<u8>(), 0..20),
        pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..20), 1..7usize), 1..5),
        from in 0..100usize,
        length in 0..100usize,
    ) {
        let store = MemoryStore::default();
        let mut whole = own.clone();
        let mut parts = Vec::new();
        for (n, (bytes, chunk_bytes)) in pieces.iter().enumerate() {
            parts.push(part(&store, &format!("part/{n}"), *chunk_bytes, bytes));
            whole.extend(bytes);
        }
        let mut writer = Writer::new(&store, name(), 3);
        writer.write(&own).unwrap();
        writer.finish_joined("audio/mpeg", parts).unwrap();
        let mut reader = Reader::open(&store, name()).unwrap().unwrap();
        let from = from.min(whole.len());
        let length = length.min(whole.len() - from);
        reader.seek(SeekFrom::Start(from as u64)).unwrap();
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).unwrap();
        prop_assert_eq!(&bytes, &whole[from..from + length]);
    }
}
