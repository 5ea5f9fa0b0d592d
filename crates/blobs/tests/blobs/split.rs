//! Blobs with a video section.

use std::io::{Read, Seek, SeekFrom};

use proptest::prelude::*;
use tonearm_blobs::memory::MemoryStore;
use tonearm_blobs::{BlobError, MAX_EXTENTS, Manifest, Reader, SplitWriter, Store, Writer, delete};

use crate::{Counting, FailingDelete, name, read_all};

/// Bytes, and whether they are video.
type Piece = (Vec<u8>, bool);

/// Writes the pieces and returns the bytes expected back.
fn write(store: &MemoryStore, chunk_bytes: usize, pieces: &[Piece]) -> Vec<u8> {
    let mut writer = SplitWriter::new(store, name(), chunk_bytes);
    let mut whole = Vec::new();
    for (bytes, is_video) in pieces {
        match is_video {
            true => writer.write_video(bytes).unwrap(),
            false => writer.write(bytes).unwrap(),
        }
        whole.extend(bytes);
        assert_eq!(writer.written(), whole.len() as u64);
    }
    let manifest = writer.finish("video/mp4").unwrap();
    assert_eq!(manifest.bytes, whole.len() as u64);
    whole
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    prop::collection::vec(
        (prop::collection::vec(any::<u8>(), 0..40), any::<bool>()),
        0..12,
    )
}

#[test]
fn its_layout_is_stable() {
    let store = MemoryStore::default();
    let pieces: [(&[u8], bool); 4] = [
        (b"ab", false),
        (b"PICTURE", true),
        (b"c", false),
        (b"PIC", true),
    ];
    write(
        &store,
        8,
        &pieces.map(|(bytes, is_video)| (bytes.to_vec(), is_video)),
    );
    let of = |key: &str| store.get(key).unwrap().unwrap();
    insta::assert_debug_snapshot!(store.keys());
    insta::assert_snapshot!(String::from_utf8(of("blob:video/0190a-1")).unwrap());
    assert_eq!(of("blob:video/0190a-1:aside:0"), b"PICTUREP");
    assert_eq!(of("blob:video/0190a-1:0"), b"abc");
    let extents = (0..4).flat_map(|n| of(&format!("blob:video/0190a-1:runs:{n}")));
    assert_eq!(
        extents.collect::<Vec<_>>(),
        [2u64, 0, 10, 7].map(u64::to_le_bytes).concat()
    );
}

#[test]
fn reading_the_main_section_fetches_no_video() {
    let store = MemoryStore::default();
    let video = (vec![1; 1000], true);
    let audio = (vec![2; 3], false);
    let file: Vec<_> = [audio, video].into_iter().cycle().take(100).collect();
    write(&store, 100, &file);
    let store = Counting::of(&store);
    let mut reader = Reader::open(&store, name()).unwrap().unwrap();
    let opened = store.count();
    assert_eq!(
        opened,
        1 + (50 * 16_usize).div_ceil(100),
        "manifest and extents"
    );
    for at in 0..50 {
        let mut audio = [0; 3];
        reader.seek(SeekFrom::Start(at * 1003)).unwrap();
        reader.read_exact(&mut audio).unwrap();
        assert_eq!(audio, [2; 3]);
    }
    assert_eq!(store.count() - opened, (50 * 3_usize).div_ceil(100));
}

#[test]
fn a_blob_without_video_is_a_plain_blob() {
    let (split, plain) = (MemoryStore::default(), MemoryStore::default());
    write(&split, 4, &[(b"abcdefghij".to_vec(), false)]);
    let mut writer = Writer::new(&plain, name(), 4);
    writer.write(b"abcdefghij").unwrap();
    writer.finish("video/mp4").unwrap();
    for key in plain.keys() {
        assert_eq!(split.get(&key).unwrap(), plain.get(&key).unwrap(), "{key}");
    }
    assert_eq!(split.keys(), plain.keys());
}

#[test]
fn a_half_written_split_blob_is_deleted_completely() {
    let store = MemoryStore::default();
    for bytes in [40, 0] {
        let mut writer = SplitWriter::new(&store, name(), 2);
        writer.write(&[1; 9][..bytes.min(9)]).unwrap();
        writer.write_video(&[2; 41]).unwrap();
        drop(writer);
        assert!(Reader::open(&store, name()).unwrap().is_none());
        delete(&store, &name()).unwrap();
        assert_eq!(store.keys(), Vec::<String>::new());
    }
}

#[test]
fn an_interrupted_delete_of_a_split_blob_is_finished_by_the_next() {
    let file = [
        ("abc", false),
        ("PICTURE", true),
        ("de", false),
        ("PIC", true),
    ];
    let file = file.map(|(bytes, is_video)| (bytes.into(), is_video));
    for deletes in 0.. {
        let store = MemoryStore::default();
        write(&store, 4, &file);
        let interrupted = delete(&FailingDelete(&store, deletes.into()), &name());
        delete(&store, &name()).unwrap();
        assert_eq!(
            store.keys(),
            Vec::<String>::new(),
            "after {deletes} deletes"
        );
        if interrupted.is_ok() {
            // The manifest, and the chunks of the main, video and extent sections.
            assert_eq!(deletes, 1 + 2 + 3 + 8);
            break;
        }
    }
}

#[test]
fn extents_beyond_the_maximum_go_to_the_main_section() {
    let store = MemoryStore::default();
    let file = vec![(vec![1], false), (vec![2], true)];
    let file: Vec<_> = file
        .into_iter()
        .cycle()
        .take(2 * MAX_EXTENTS + 20)
        .collect();
    let whole = write(&store, 1 << 20, &file);
    assert_eq!(
        store
            .get("blob:video/0190a-1:aside:0")
            .unwrap()
            .unwrap()
            .len(),
        MAX_EXTENTS
    );
    assert_eq!(read_all(&store), whole);
}

#[test]
fn a_damaged_extent_list_is_reported() {
    let lists: [(&str, &[u64]); 7] = [
        ("too short", &[2]),
        ("not from zero", &[2, 1, 10, 7]),
        ("descending", &[10, 7, 2, 0]),
        ("overlapping", &[2, 0, 9, 7]),
        ("longer than the video section", &[2, 0, 10, 11]),
        ("beyond the end of the blob", &[2, 0, 11, 7]),
        ("far beyond the end", &[2, 0, u64::MAX, 7]),
    ];
    for (what, list) in lists {
        let store = MemoryStore::default();
        let file = [
            ("ab", false),
            ("PICTURE", true),
            ("c", false),
            ("PIC", true),
        ];
        write(
            &store,
            64,
            &file.map(|(bytes, is_video)| (bytes.into(), is_video)),
        );
        let bytes: Vec<u8> = list
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        store.set("blob:video/0190a-1:runs:0", &bytes).unwrap();
        let error = Reader::open(&store, name()).unwrap_err();
        assert!(
            matches!(error, BlobError::BadManifest { .. }),
            "{what}: {error}"
        );
    }
}

#[test]
fn damaged_manifests_of_split_blobs_are_reported() {
    let store = MemoryStore::default();
    for json in [
        r#"{"version":3,"bytes":1,"chunk_bytes":1,"media_type":"a/b"}"#,
        r#"{"version":1,"bytes":9,"chunk_bytes":1,"media_type":"a/b","aside":{"bytes":1,"runs_bytes":16}}"#,
        r#"{"version":3,"bytes":9,"chunk_bytes":1,"media_type":"a/b","aside":{"bytes":10,"runs_bytes":16}}"#,
        r#"{"version":3,"bytes":9,"chunk_bytes":1,"media_type":"a/b","parts":[{"name":"a","bytes":1,"chunk_bytes":1}],"aside":{"bytes":1,"runs_bytes":16}}"#,
    ] {
        store.set("blob:video/0190a-1", json.as_bytes()).unwrap();
        let error = Manifest::load(&store, &name()).unwrap_err();
        assert!(
            matches!(error, BlobError::BadManifest { .. }),
            "{json}: {error}"
        );
    }
}

proptest! {
    #[test]
    fn all_sections_are_read_in_the_order_written(pieces in pieces(), chunk in 1usize..30) {
        let store = MemoryStore::default();
        let whole = write(&store, chunk, &pieces);
        prop_assert_eq!(read_all(&store), whole);
        delete(&store, &name()).unwrap();
        prop_assert!(store.keys().is_empty());
    }

    #[test]
    fn any_range_of_a_split_blob_reads_like_a_plain_one(
        pieces in pieces(),
        chunk in 1usize..30,
        seeks in prop::collection::vec((0usize..500, 0usize..60), 1..10),
    ) {
        let store = MemoryStore::default();
        let whole = write(&store, chunk, &pieces);
        let mut reader = Reader::open(&store, name()).unwrap().unwrap();
        for (start, length) in seeks {
            reader.seek(SeekFrom::Start(start as u64)).unwrap();
            let mut got = Vec::new();
            reader.by_ref().take(length as u64).read_to_end(&mut got).unwrap();
            let from = start.min(whole.len());
            let to = (from + length).min(whole.len());
            prop_assert_eq!(&got[..], &whole[from..to]);
        }
    }
}
