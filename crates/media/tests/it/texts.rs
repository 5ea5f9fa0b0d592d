//! Texts of a file: charsets, and what must not reach the MP3.

use tonearm_test_tools::require_tool;

use crate::decoding::decode_file;
use crate::fixtures::Fixtures;

#[test]
fn titles_in_cp932_and_gbk_are_decoded_in_avi_and_wav() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let placeholder = [b'X'; 16];
    for (bytes, title) in [
        (
            b"\x83\x65\x83\x58\x83\x67\x93\xae\x89\xe6".as_slice(),
            "テスト動画",
        ),
        (b"\xc4\xe3\xb5\xc4\xb3\xd0\xc5\xb5", "你的承诺"),
    ] {
        for (name, codec) in [("a.avi", "libmp3lame"), ("a.wav", "pcm_s16le")] {
            let args = format!("-c:a {codec} -metadata title=XXXXXXXXXXXXXXXX");
            let path = fixtures.tones(name, 44_100, 1, &args);
            let mut file = std::fs::read(&path).unwrap();
            let at = file.windows(16).position(|part| part == placeholder);
            let at = at.unwrap();
            file[at..at + 16].fill(0);
            file[at..at + bytes.len()].copy_from_slice(bytes);
            std::fs::write(&path, file).unwrap();
            let tags = decode_file(&path).unwrap().info.tags;
            assert_eq!(tags.title.as_deref(), Some(title), "{name}");
        }
    }
}

#[test]
fn locations_never_reach_the_tags() {
    require_tool!("ffmpeg");
    let fixtures = Fixtures::new();
    let place = "+37.3349-122.0090";
    let apple = "com.apple.quicktime.location.ISO6709";
    for (name, args) in [
        ("a.mp4", format!("-metadata location={place}/")),
        (
            "a.mov",
            format!("-movflags use_metadata_tags -metadata {apple}={place}+010.0/"),
        ),
        (
            "a.mkv",
            format!("-metadata location={place}/ -metadata comment={place}/"),
        ),
        (
            "b.mp4",
            format!("-metadata title=At{place}/ -metadata comment={place}/"),
        ),
        (
            "a.mp3",
            format!("-metadata comment={place}/ -metadata location={place}/"),
        ),
    ] {
        let codec = if name == "a.mp3" { "libmp3lame" } else { "aac" };
        let args = format!("-c:a {codec} {args} -metadata artist=Ada");
        let path = fixtures.tones(name, 44_100, 1, &args);
        // The box `loci` of MP4 is binary.
        let file = std::fs::read(&path).unwrap();
        let is_there = file.windows(7).any(|part| part == b"37.3349");
        assert!(is_there || name == "a.mp4", "{name}");
        let tags = decode_file(&path).unwrap().info.tags;
        assert_eq!(tags.artist.as_deref(), Some("Ada"), "{name}");
        assert!(!format!("{tags:?}").contains("37.33"), "{name}: {tags:?}");
    }
}
