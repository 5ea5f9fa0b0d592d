//! `GET /download`: the whole MP3, ranges of it, and conditional requests.

use tonearm_e2e::app::Setup;
use tonearm_e2e::jobs::id;
use tonearm_e2e::media;

use crate::replies::expect;

#[test]
fn an_mp3_is_sent_whole_in_part_or_not_at_all() {
    // Small chunks, so that ranges cross their borders.
    let app = Setup::new().variable("chunk_bytes", 4096).start();
    let ada = app.user("ada");
    let job = ada.upload_file(&media::mp4().path);
    assert_eq!(ada.ended_job(id(&job))["state"], "done");
    let path = format!("/download?fid={}", id(&job));
    let whole = ada.get(&path);
    assert_eq!(
        (whole.status, whole.header("accept-ranges")),
        (200, "bytes"),
        "{whole}"
    );
    let mp3 = &whole.body;
    let length = mp3.len();
    assert_eq!(whole.headers["content-length"], length.to_string());
    let tag = whole.header("etag");
    assert!(tag.starts_with('"') && tag.len() > 2, "a strong tag: {tag}");

    let with = |name: &str, value: &str| ada.ask("GET", &path).header(name, value).send();
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        ("bytes=4095-4096".into(), 4095, 4097),
        ("bytes=-10".into(), length - 10, length),
        (format!("bytes=5-{}", length + 5), 5, length),
    ] {
        let reply = with("range", &range);
        assert_eq!(reply.status, 206, "{range}: {reply}");
        let sent = format!("bytes {from}-{}/{length}", to - 1);
        assert_eq!(reply.header("content-range"), sent, "{range}");
        assert_eq!(reply.body, mp3[from..to], "{range}");
    }
    let outside = with("range", &format!("bytes={length}-"));
    expect(
        "a range after the end",
        &outside,
        416,
        "range_not_satisfiable",
    );
    assert_eq!(outside.header("content-range"), format!("bytes */{length}"));
    let unchanged = with("if-none-match", tag);
    assert_eq!(
        (unchanged.status, unchanged.body.len()),
        (304, 0),
        "{unchanged}"
    );
    assert_eq!(unchanged.header("etag"), tag);

    let head = ada.ask("HEAD", &path).send();
    assert_eq!((head.status, head.body.len()), (200, 0), "{head}");
    for name in [
        "content-type",
        "content-length",
        "etag",
        "accept-ranges",
        "content-disposition",
    ] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
}
