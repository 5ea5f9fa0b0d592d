//! Blobs of several pieces.

use std::io::{Read, Seek, SeekFrom};

use tonearm_blobs::memory::MemoryStore;
use tonearm_blobs::{
    BlobError, BlobName, MAX_EXTENTS, MAX_PARTS, Manifest, Reader, SplitWriter, Store, StoredPiece,
    assemble, delete,
};

use crate::resumed::{CHUNK, Run, run, write};
use crate::{Counting, name, read_all};

/// Stores the runs as a piece of its own.
fn piece(store: &MemoryStore, piece: &str, runs: &[Run]) -> StoredPiece {
    let piece = BlobName::new(piece).unwrap();
    let mut writer = SplitWriter::new(store, piece.clone(), CHUNK);
    for run in runs {
        write(&mut writer, run);
    }
    let stored = writer.checkpoint().unwrap();
    StoredPiece {
        name: piece,
        stored,
    }
}

#[test]
fn pieces_of_other_names_are_concatenated() {
    let store = MemoryStore::default();
    let pieces = [
        piece(&store, "a", &[run(b"abc", false), run(b"PICTURE", true)]),
        piece(&store, "b", &[]),
        piece(&store, "c", &[run(b"FRAME", true), run(b"d", false)]),
    ];
    let manifest = assemble(&store, &name(), &pieces, "video/mp4").unwrap();
    assert_eq!(manifest.bytes, 16);
    assert_eq!(manifest.parts.len(), 2, "an empty piece is left out");
    assert_eq!(read_all(&store), b"abcPICTUREFRAMEd");
    delete(&store, &name()).unwrap();
    assert!(
        store.exists("blob:a:0").unwrap(),
        "deleting a blob keeps its parts"
    );
}

#[test]
fn impossible_assemblies_are_refused() {
    let store = MemoryStore::default();
    let one = piece(&store, "a", &[run(b"a", false)]);
    let own = piece(&store, name().as_str(), &[run(b"a", false)]);
    let too_many = vec![one.clone(); MAX_PARTS + 1];
    for (what, pieces) in [
        ("too many parts", &too_many[..]),
        ("own bytes after others", &[one.clone(), own.clone()]),
        ("own bytes twice", &[own.clone(), own]),
    ] {
        let error = assemble(&store, &name(), pieces, "a/b").unwrap_err();
        assert!(
            matches!(error, BlobError::BadManifest { .. }),
            "{what}: {error}"
        );
        assert!(Reader::open(&store, name()).unwrap().is_none(), "{what}");
    }
    assemble(&store, &name(), &too_many[1..], "a/b").unwrap();
    assert_eq!(read_all(&store), [b'a'; MAX_PARTS]);
}

#[test]
fn damaged_manifests_of_pieces_are_reported() {
    let store = MemoryStore::default();
    let own = r#""bytes":9,"chunk_bytes":1,"media_type":"a/b""#;
    let part = r#"{"name":"a","bytes":1,"chunk_bytes":1,"aside":{"bytes":1,"runs_bytes":16}}"#;
    let parts = vec![part; MAX_PARTS + 1].join(",");
    for json in [
        format!(r#"{{"version":4,{own}}}"#),
        format!(r#"{{"version":4,{own},"aside":{{"bytes":1,"runs_bytes":16}}}}"#),
        format!(r#"{{"version":2,{own},"parts":[{part}]}}"#),
        format!(r#"{{"version":3,{own},"parts":[{part}]}}"#),
        format!(r#"{{"version":5,{own},"parts":[{part}]}}"#),
        format!(r#"{{"version":4,{own},"parts":[{part}],"aside":{{"bytes":9,"runs_bytes":16}}}}"#),
        format!(
            r#"{{"version":4,{own},"parts":[{}]}}"#,
            part.replacen(":1", ":0", 1)
        ),
        format!(r#"{{"version":4,{own},"parts":[{part}]}}"#).replace(":9", ":0"),
        format!(r#"{{"version":4,{own},"parts":[{parts}]}}"#).replace(":9", ":9999"),
    ] {
        store.set("blob:video/0190a-1", json.as_bytes()).unwrap();
        let error = Manifest::load(&store, &name()).unwrap_err();
        assert!(
            matches!(error, BlobError::BadManifest { .. }),
            "{json}: {error}"
        );
    }
}

#[test]
fn the_extents_of_a_piece_are_loaded_when_they_are_needed() {
    let store = MemoryStore::default();
    let audio = |at: u8| run(&[at], false);
    let frame = run(&[0; 100], true);
    let pieces: Vec<_> = (0..3)
        .map(|at| piece(&store, &format!("part/{at}"), &[audio(at), frame.clone()]))
        .collect();
    assemble(&store, &name(), &pieces, "video/mp4").unwrap();
    let store = Counting::of(&store);
    let mut reader = Reader::open(&store, name()).unwrap().unwrap();
    assert_eq!(store.count(), 1, "the manifest");
    for (at, reads) in [(2, 3), (0, 3), (2, 0), (1, 3)] {
        let before = store.count();
        reader.seek(SeekFrom::Start(at * 101)).unwrap();
        let mut byte = [9];
        reader.read_exact(&mut byte).unwrap();
        assert_eq!(u64::from(byte[0]), at);
        assert_eq!(
            store.count() - before,
            reads,
            "two chunks of extents, one of audio"
        );
    }
}

#[test]
fn extent_lists_that_do_not_fit_into_memory_together_are_loaded_again() {
    let store = MemoryStore::default();
    let many = |bytes: [u8; 2]| -> Vec<Run> {
        let both = [run(&bytes[..1], false), run(&bytes[1..], true)];
        let count = MAX_EXTENTS + 2;
        both.into_iter().cycle().take(count).collect()
    };
    let name_of = |number: usize| BlobName::new(format!("part/{number}")).unwrap();
    let mut pieces = Vec::new();
    let mut whole = Vec::new();
    for (number, bytes) in [*b"aA", *b"bB", *b"cC"].into_iter().enumerate() {
        let mut writer = SplitWriter::new(&store, name_of(number), 1 << 20);
        for run in many(bytes) {
            write(&mut writer, &run);
            whole.extend(run.0);
        }
        let stored = writer.checkpoint().unwrap();
        pieces.push(StoredPiece {
            name: name_of(number),
            stored,
        });
    }
    assemble(&store, &name(), &pieces, "video/mp4").unwrap();
    let counting = Counting::of(&store);
    let mut reader = Reader::open(&counting, name()).unwrap().unwrap();
    let length = whole.len() as u64;
    for at in [0, length / 2, length - 1, 0, length / 2] {
        reader.seek(SeekFrom::Start(at)).unwrap();
        let mut byte = [0];
        reader.read_exact(&mut byte).unwrap();
        assert_eq!(byte[0], whole[at as usize]);
    }
    let lists = 5;
    assert!(
        counting.count() > 1 + lists,
        "each access loads its list again"
    );
    assert_eq!(read_all(&store), whole);
}
