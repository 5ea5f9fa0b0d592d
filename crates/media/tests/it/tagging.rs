//! Tags, as ffmpeg writes them into each container.

use std::path::Path;

use tonearm_media::Tags;
use tonearm_test_tools::require_tool;

use crate::decoding::decode_file;
use crate::fixtures::Fixtures;

const METADATA: &str = "-metadata title=Übung -metadata artist=Ärzte -metadata album=東京 \
                     -metadata date=1999-12-31 -metadata comment=Remark";

#[test]
fn title_artist_album_year_and_comment_are_read_from_every_container() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for (name, args) in [
        ("a.mp4", "-c:v libx264 -c:a aac"),
        ("a.mov", "-c:v libx264 -c:a aac"),
        ("a.m4a", "-vn -c:a aac"),
        (
            "keys.mp4",
            "-c:v libx264 -c:a aac -movflags use_metadata_tags",
        ),
        ("keys.mov", "-vn -c:a aac -movflags use_metadata_tags"),
        ("a.mkv", "-c:v libx264 -c:a aac"),
        ("a.webm", "-c:v libvpx -deadline realtime -c:a libopus"),
        ("a.ogg", "-vn -c:a libvorbis"),
        ("a.opus", "-vn -c:a libopus"),
        ("a.flac", "-vn"),
        ("a.wav", "-vn"),
        ("rf64.wav", "-vn -rf64 always"),
        ("a.aiff", "-vn -write_id3v2 1"),
        ("a.caf", "-vn"),
        ("a.avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("a.wmv", "-c:v msmpeg4 -c:a libmp3lame"),
        ("v3.mp3", "-vn -id3v2_version 3"),
        ("v4.mp3", "-vn -id3v2_version 4"),
    ] {
        let path = fixtures.video(name, 44_100, 2, &format!("{args} {METADATA}"));
        let tags = decode_file(&path).unwrap().info.tags;
        let text = |slot: &Option<String>| slot.clone().unwrap_or_default();
        let all = [
            text(&tags.title),
            text(&tags.artist),
            text(&tags.album),
            text(&tags.comment),
        ];
        assert_eq!(all, ["Übung", "Ärzte", "東京", "Remark"], "{name}");
        assert_eq!(tags.year, Some(1999), "{name}");
        assert_eq!(tags.cover, None, "{name}");
    }
}

#[test]
fn the_cover_is_extracted_unchanged() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    for image in ["cover.jpg", "cover.png"] {
        let cover = fixtures.ffmpeg(
            image,
            "-f lavfi -i testsrc=size=64x64 -frames:v 1 -update 1 OUT",
        );
        let bytes = std::fs::read(&cover).unwrap();
        let cover = cover.to_str().unwrap();
        let media_type = format!("image/{}", &image[6..]).replace("jpg", "jpeg");
        let attached = format!("-i {cover} -map 1 -map 0 -c:v copy -disposition:v attached_pic");
        for (name, args) in [
            ("a.m4a", format!("{attached} -c:a aac")),
            ("a.mp3", format!("{attached} -c:a libmp3lame")),
            ("a.flac", attached.clone()),
            (
                "a.mkv",
                format!("-attach {cover} -metadata:s:t mimetype={media_type} -c:a aac"),
            ),
        ] {
            let path = fixtures.tones(name, 44_100, 2, &args);
            let cover = decode_file(&path).unwrap().info.tags.cover;
            let cover = cover.unwrap_or_else(|| panic!("{name} has no {image}"));
            assert_eq!(cover.media_type(), media_type, "{name}");
            assert_eq!(cover.bytes(), bytes, "{name}");
        }
    }
}

#[test]
fn tags_after_the_clusters_of_matroska_are_read() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.video(
        "a.mkv",
        44_100,
        2,
        &format!("-c:v libx264 -c:a aac {METADATA}"),
    );
    let moved = move_tags_to_the_end(&path);
    let path = fixtures.path("moved.mkv");
    std::fs::write(&path, moved).unwrap();
    let tags = decode_file(&path).unwrap().info.tags;
    assert_eq!(tags.artist.as_deref(), Some("Ärzte"));
    assert_eq!(tags.year, Some(1999));
}

/// Moves the Tags element of a file to the end, where mkvmerge writes it, and updates the
/// SeekHead.
fn move_tags_to_the_end(path: &Path) -> Vec<u8> {
    const TAGS: [u8; 4] = [0x12, 0x54, 0xc3, 0x67];
    const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];
    let mut bytes = std::fs::read(path).unwrap();
    let find = |bytes: &[u8], what: &[u8], from: usize| {
        let found = bytes[from..].windows(what.len()).position(|at| at == what);
        found.map(|at| from + at).unwrap()
    };
    let segment = find(&bytes, &SEGMENT, 0) + 12;
    // The first match is in the SeekHead: SeekID, then SeekPosition.
    let listed = find(&bytes, &TAGS, segment);
    let tags = find(&bytes, &TAGS, listed + 4);
    let width = bytes[tags + 4].leading_zeros() as usize + 1;
    let size = &bytes[tags + 4..tags + 4 + width];
    let size = size
        .iter()
        .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let size = 4 + width + (size & ((1 << (7 * width)) - 1));
    let element = bytes[tags..tags + size].to_vec();
    // A Void element replaces it.
    bytes[tags..tags + 4].copy_from_slice(&[0xec, 0x10, 0, 0]);
    bytes[tags + 1..tags + 5].copy_from_slice(&(0x1000_0000 | (size as u32 - 5)).to_be_bytes());
    let position = (bytes.len() - segment) as u64;
    let at = find(&bytes, &[0x53, 0xac], listed);
    let width = usize::from(bytes[at + 2] & 0x7f);
    let position_bytes = position.to_be_bytes();
    bytes[at + 3..at + 3 + width].copy_from_slice(&position_bytes[8 - width..]);
    bytes.extend_from_slice(&element);
    // The size of the segment grows accordingly.
    let length = (position + element.len() as u64) | 0x0100_0000_0000_0000;
    bytes[segment - 8..segment].copy_from_slice(&length.to_be_bytes());
    bytes
}

#[test]
fn a_file_without_tags_has_none() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.video("a.mp4", 44_100, 2, "-c:v libx264 -c:a aac");
    assert_eq!(decode_file(&path).unwrap().info.tags, Tags::NONE);
}

/// ffmpeg writes three of the fields.
#[test]
fn the_annotation_of_an_au_file_is_read() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let path = fixtures.tones("a.au", 44_100, 2, METADATA);
    let tags = decode_file(&path).unwrap().info.tags;
    let found = [tags.title, tags.artist, tags.album].map(Option::unwrap_or_default);
    assert_eq!(found, ["Übung", "Ärzte", "東京"]);
}
