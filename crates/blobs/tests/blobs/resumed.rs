//! Blobs whose writer was interrupted.

use std::io::{Read, Seek, SeekFrom};

use proptest::prelude::*;
use tonearm_blobs::memory::MemoryStore;
use tonearm_blobs::{
    BlobError, BlobName, MAX_EXTENTS, Manifest, Reader, SplitCheckpoint, SplitWriter, Store,
    StoredPiece, assemble, delete,
};

use crate::{name, read_all};

pub(crate) const CHUNK: usize = 8;

/// Bytes, and whether they are video.
pub(crate) type Run = (Vec<u8>, bool);

pub(crate) fn write<S: Store>(writer: &mut SplitWriter<S>, (bytes, is_video): &Run) {
    match is_video {
        true => writer.write_video(bytes).unwrap(),
        false => writer.write(bytes).unwrap(),
    }
}

pub(crate) fn run(bytes: &[u8], is_video: bool) -> Run {
    (bytes.to_vec(), is_video)
}

fn piece_name(number: usize) -> BlobName {
    match number {
        0 => name(),
        number => BlobName::new(format!("{}-{number}", name())).unwrap(),
    }
}

fn contents(store: &MemoryStore) -> Vec<(String, Vec<u8>)> {
    let value = |key: String| {
        let value = store.get(&key).unwrap().unwrap();
        (key, value)
    };
    store.keys().into_iter().map(value).collect()
}

/// An upload by several writers, next to the bytes that it must have.
struct Upload<'a> {
    store: &'a MemoryStore,
    writer: SplitWriter<&'a MemoryStore>,
    /// The last checkpoint that was recorded; those before it in earlier pieces.
    recorded: SplitCheckpoint,
    pieces: Vec<StoredPiece>,
    /// Writers that were superseded and may still write.
    late: Vec<SplitWriter<&'a MemoryStore>>,
    /// What was written, and how much of it was recorded.
    bytes: Vec<u8>,
    safe: usize,
}

impl<'a> Upload<'a> {
    fn new(store: &'a MemoryStore, chunk_bytes: usize) -> Self {
        let mut writer = SplitWriter::new(store, name(), chunk_bytes);
        Self {
            store,
            recorded: writer.checkpoint().unwrap(),
            writer,
            pieces: Vec::new(),
            late: Vec::new(),
            bytes: Vec::new(),
            safe: 0,
        }
    }

    fn write(&mut self, run: &Run) {
        write(&mut self.writer, run);
        self.bytes.extend(&run.0);
    }

    /// Records a checkpoint, after a way through its serialized form.
    fn checkpoint(&mut self) {
        let json = serde_json::to_string(&self.writer.checkpoint().unwrap()).unwrap();
        self.recorded = serde_json::from_str(&json).unwrap();
        self.safe = self.bytes.len();
        let before: u64 = self.pieces.iter().map(|piece| piece.stored.bytes()).sum();
        assert_eq!(before + self.recorded.bytes(), self.safe as u64);
    }

    /// The writer stops, and another continues its piece.
    fn resume(&mut self) {
        let name = piece_name(self.pieces.len());
        self.writer = SplitWriter::resume(self.store, name, &self.recorded).unwrap();
        self.bytes.truncate(self.safe);
    }

    /// Another writer starts a piece, while the former one may still write.
    fn take_over(&mut self, chunk_bytes: usize) {
        let name = piece_name(self.pieces.len());
        self.pieces.push(StoredPiece {
            name,
            stored: self.recorded,
        });
        let next = SplitWriter::new(self.store, piece_name(self.pieces.len()), chunk_bytes);
        self.late.push(std::mem::replace(&mut self.writer, next));
        self.recorded = self.writer.checkpoint().unwrap();
        self.bytes.truncate(self.safe);
    }

    /// Makes the blob exist and returns its bytes.
    fn end(mut self) -> (Manifest, Vec<u8>) {
        self.checkpoint();
        self.pieces.push(StoredPiece {
            name: piece_name(self.pieces.len()),
            stored: self.recorded,
        });
        let manifest = assemble(self.store, &name(), &self.pieces, "video/mp4").unwrap();
        (manifest, self.bytes)
    }
}

/// One of the superseded writers writes and flushes.
fn late_write(late: &mut [SplitWriter<&MemoryStore>], which: &prop::sample::Index, run: &Run) {
    if !late.is_empty() {
        let writer = &mut late[which.index(late.len())];
        write(writer, run);
        writer.checkpoint().unwrap();
    }
}

/// What happens to an upload.
#[derive(Debug, Clone)]
enum Step {
    Write(Run),
    Checkpoint,
    /// A writer that stopped, at its last checkpoint.
    Resume,
    /// A new writer, with chunks of this length.
    TakeOver(usize),
    /// One of the superseded writers writes.
    LateWrite(prop::sample::Index, Run),
}

fn runs() -> impl Strategy<Value = Run> {
    (prop::collection::vec(any::<u8>(), 0..40), any::<bool>())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => runs().prop_map(Step::Write),
        3 => Just(Step::Checkpoint),
        1 => Just(Step::Resume),
        1 => (1usize..30).prop_map(Step::TakeOver),
        2 => (any::<prop::sample::Index>(), runs())
            .prop_map(|(which, run)| Step::LateWrite(which, run)),
    ];
    prop::collection::vec(step, 0..40)
}

proptest! {
    #[test]
    fn no_recorded_byte_is_lost_and_no_other_is_added(
        steps in steps(),
        chunk in 1usize..30,
        after in prop::collection::vec((any::<prop::sample::Index>(), runs()), 0..4),
        seeks in prop::collection::vec((0usize..500, 0usize..60), 1..10),
    ) {
        let store = MemoryStore::default();
        let mut upload = Upload::new(&store, chunk);
        for step in &steps {
            match step {
                Step::Write(run) => upload.write(run),
                Step::Checkpoint => upload.checkpoint(),
                Step::Resume => upload.resume(),
                Step::TakeOver(chunk) => upload.take_over(*chunk),
                Step::LateWrite(which, run) => late_write(&mut upload.late, which, run),
            }
        }
        let mut late = std::mem::take(&mut upload.late);
        let pieces = upload.pieces.len();
        let (manifest, whole) = upload.end();
        // They write even after the end.
        for (which, run) in &after {
            late_write(&mut late, which, run);
        }
        prop_assert_eq!(manifest.bytes, whole.len() as u64);
        prop_assert_eq!(&read_all(&store), &whole);
        let mut reader = Reader::open(&store, name()).unwrap().unwrap();
        for (start, length) in seeks {
            reader.seek(SeekFrom::Start(start as u64)).unwrap();
            let mut got = Vec::new();
            reader.by_ref().take(length as u64).read_to_end(&mut got).unwrap();
            let from = start.min(whole.len());
            let to = (from + length).min(whole.len());
            prop_assert_eq!(&got[..], &whole[from..to]);
        }
        for number in 0..=pieces {
            delete(&store, &piece_name(number)).unwrap();
        }
        prop_assert_eq!(store.keys(), Vec::<String>::new());
    }

    #[test]
    fn a_blob_whose_writers_stopped_is_stored_like_an_uninterrupted_one(
        runs in prop::collection::vec(runs(), 1..20),
        rejected in prop::collection::vec(runs(), 20),
        interruptions in prop::collection::vec(0u8..4, 20),
        chunk in 1usize..30,
    ) {
        let (plain, resumed) = (MemoryStore::default(), MemoryStore::default());
        let mut writer = SplitWriter::new(&plain, name(), chunk);
        let mut upload = Upload::new(&resumed, chunk);
        let mut stale = false;
        for ((run, rejected), interruption) in runs.iter().zip(&rejected).zip(&interruptions) {
            write(&mut writer, run);
            upload.write(run);
            upload.checkpoint();
            // 0: goes on. 1: stops. 2: bytes whose checksum is wrong. 3: the same, stored.
            if *interruption >= 2 {
                upload.write(rejected);
            }
            if *interruption == 3 {
                upload.writer.checkpoint().unwrap();
            }
            stale |= *interruption >= 2;
            if *interruption >= 1 {
                upload.resume();
            }
        }
        let expected = writer.finish("video/mp4").unwrap();
        let (manifest, whole) = upload.end();
        prop_assert_eq!(manifest, expected);
        prop_assert_eq!(read_all(&resumed), whole);
        let (plain, resumed) = (contents(&plain), contents(&resumed));
        // Chunks of rejected bytes may be left behind the end of a section.
        prop_assert!(plain.iter().all(|entry| resumed.contains(entry)));
        prop_assert!(stale || plain == resumed);
    }
}

/// `abc`, then video, taken over in the middle of it, then `de`. The late writer goes on.
fn taken_over(store: &MemoryStore) -> Vec<u8> {
    let mut upload = Upload::new(store, CHUNK);
    upload.write(&run(b"abc", false));
    upload.write(&run(b"PICTURE", true));
    upload.checkpoint();
    upload.take_over(CHUNK);
    upload.write(&run(b"PICTURES", true));
    upload.write(&run(b"de", false));
    let late = &mut upload.late[0];
    write(late, &run(b"XXXXXXXXXX", true));
    write(late, &run(b"xxxxxxxxxx", false));
    write(late, &run(b"X", true));
    late.checkpoint().unwrap();
    upload.end().1
}

#[test]
fn its_layout_is_stable() {
    let store = MemoryStore::default();
    let whole = taken_over(&store);
    assert_eq!(read_all(&store), whole);
    assert_eq!(whole, b"abcPICTUREPICTURESde");
    insta::assert_debug_snapshot!(store.keys());
    let manifest = store.get("blob:video/0190a-1").unwrap().unwrap();
    insta::assert_snapshot!(String::from_utf8(manifest).unwrap());
}

#[test]
fn a_checkpoint_is_serialized_in_a_stable_form() {
    let store = MemoryStore::default();
    let mut writer = SplitWriter::new(&store, name(), CHUNK);
    write(&mut writer, &run(b"abc", false));
    write(&mut writer, &run(b"PICTURE", true));
    let checkpoint = writer.checkpoint().unwrap();
    assert_eq!(checkpoint.bytes(), 10);
    assert_eq!(checkpoint.chunk_bytes(), CHUNK as u64);
    insta::assert_snapshot!(serde_json::to_string(&checkpoint).unwrap());
}

#[test]
fn impossible_checkpoints_are_refused() {
    let json = |chunk_bytes: u64, main: u64, video: u64, extents: u64, in_video: bool| {
        format!(
            r#"{{"chunk_bytes":{chunk_bytes},"main":{main},"video":{video},"extents":{extents},"in_video":{in_video}}}"#
        )
    };
    let too_many = (MAX_EXTENTS as u64 + 1) * 16;
    for (what, json) in [
        ("no chunk length", json(0, 1, 0, 0, false)),
        ("too long", json(1, u64::MAX, 1, 16, true)),
        ("half an extent", json(1, 1, 9, 17, false)),
        (
            "too many extents",
            json(1, too_many, too_many, too_many, false),
        ),
        ("video without extents", json(1, 1, 9, 0, false)),
        ("extents without video", json(1, 1, 0, 16, false)),
        ("extents shorter than a byte", json(1, 9, 1, 32, false)),
        ("extents without a gap", json(1, 1, 9, 48, false)),
        ("in video without video", json(1, 1, 0, 0, true)),
        (
            "another field",
            json(1, 1, 0, 0, false).replace("main", "other"),
        ),
        ("not a checkpoint", "7".to_owned()),
    ] {
        assert!(
            serde_json::from_str::<SplitCheckpoint>(&json).is_err(),
            "{what}"
        );
    }
}

#[test]
fn a_checkpoint_without_new_bytes_writes_nothing() {
    let store = MemoryStore::default();
    let mut writer = SplitWriter::new(&store, name(), CHUNK);
    write(&mut writer, &run(b"abc", false));
    let checkpoint = writer.checkpoint().unwrap();
    store.delete("blob:video/0190a-1:0").unwrap();
    assert_eq!(writer.checkpoint().unwrap(), checkpoint);
    assert_eq!(store.keys(), Vec::<String>::new());
}

#[test]
fn resuming_what_the_store_has_not_is_an_error() {
    for value in [None, Some(&b"ab"[..])] {
        let store = MemoryStore::default();
        let mut writer = SplitWriter::new(&store, name(), CHUNK);
        write(&mut writer, &run(b"0123456789abc", false));
        let checkpoint = writer.checkpoint().unwrap();
        match value {
            Some(value) => store.set("blob:video/0190a-1:1", value).unwrap(),
            None => store.delete("blob:video/0190a-1:1").unwrap(),
        }
        let error = SplitWriter::resume(&store, name(), &checkpoint).unwrap_err();
        assert!(
            matches!(error, BlobError::MissingChunk { chunk: 1, .. }),
            "{error}"
        );
    }
}
