//! `GET /download`: the whole MP3, ranges of it, and conditional requests.

use crate::request::{Call, Reply, call, get};
use crate::world::World;

/// An MP3 of several chunks.
fn mp3() -> Vec<u8> {
    (0..5000_u32).map(|n| (n % 251) as u8).collect()
}

fn finished(world: &World) -> (String, Vec<u8>) {
    let mp3 = mp3();
    let id = world.add_mp3("ada", &mp3);
    (format!("/download?fid={id}"), mp3)
}

fn download(world: &World, path: &str) -> Call {
    get(path).of(world, "ada")
}

#[test]
fn the_whole_mp3_is_the_default() {
    let world = World::new();
    let (path, mp3) = finished(&world);
    let reply = download(&world, &path).send(&world);
    assert_eq!((reply.status(), reply.body()), (200, mp3.as_slice()));
    assert_eq!(reply.header("content-type"), "audio/mpeg");
    assert_eq!(reply.header("accept-ranges"), "bytes");
    assert_eq!(reply.header("cache-control"), "private, no-cache");
    let disposition = "attachment; filename=\"talk.mp3\"; filename*=UTF-8''talk.mp3";
    assert_eq!(reply.header("content-disposition"), disposition);
}

#[test]
fn a_range_is_sent_across_chunks() {
    let world = World::new();
    let (path, mp3) = finished(&world);
    let length = mp3.len();
    let ranged = |range: &str| download(&world, &path).header("range", range).send(&world);
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        ("bytes=0-99".into(), 0, 100),
        ("bytes=1023-1024".into(), 1023, 1025),
        ("bytes=100-".into(), 100, length),
        ("bytes=-10".into(), length - 10, length),
        (format!("bytes=-{}", length + 5), 0, length),
        (format!("bytes=5-{}", length + 5), 5, length),
        (format!("bytes=0-{}", length - 1), 0, length),
        (format!("bytes={}-", length - 1), length - 1, length),
    ] {
        let reply = ranged(&range);
        assert_eq!(reply.status(), 206, "{range}");
        let sent = format!("bytes {from}-{}/{length}", to - 1);
        assert_eq!(reply.header("content-range"), sent, "{range}");
        assert_eq!(reply.body(), &mp3[from..to], "{range}");
    }
    for range in [
        format!("bytes={length}-"),
        format!("bytes={length}-{length}"),
        "bytes=-0".into(),
    ] {
        let reply = ranged(&range);
        assert_eq!(
            (reply.status(), reply.code().as_str()),
            (416, "range_not_satisfiable")
        );
        assert_eq!(
            reply.header("content-range"),
            format!("bytes */{length}"),
            "{range}"
        );
    }
    // A malformed range is ignored (RFC 9110, section 14.2).
    for range in ["bytes=x-y", "bytes=5-2", "lines=1-2", "bytes="] {
        let reply = ranged(range);
        assert_eq!(
            (reply.status(), reply.body().len()),
            (200, length),
            "{range}"
        );
    }
}

#[test]
fn an_unchanged_mp3_is_not_sent_again() {
    let world = World::new();
    let (path, mp3) = finished(&world);
    let with = |headers: &[(&str, &str)]| -> Reply {
        let request = download(&world, &path);
        let headers = headers.iter();
        let request = headers.fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        request.send(&world)
    };
    let tag = with(&[]).header("etag").to_owned();
    assert!(
        tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2,
        "a strong tag: {tag}"
    );
    assert_eq!(with(&[]).header("etag"), tag);
    for (name, value, status) in [
        ("if-none-match", tag.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", &format!("\"other\", {tag}"), 304),
        ("if-none-match", &format!("W/{tag}"), 304),
        ("if-none-match", "\"other\"", 200),
    ] {
        let reply = with(&[(name, value)]);
        assert_eq!(reply.status(), status, "{name}: {value}");
        assert_eq!(reply.header("etag"), tag, "{name}: {value}");
        assert_eq!(reply.body().is_empty(), status == 304, "{name}: {value}");
        assert_eq!(reply.header("content-type").is_empty(), status == 304);
    }
    let range = ("range", "bytes=0-9");
    assert_eq!(with(&[range, ("if-range", &tag)]).status(), 206);
    let whole = with(&[range, ("if-range", "\"other\"")]);
    assert_eq!((whole.status(), whole.body()), (200, mp3.as_slice()));
}

#[test]
fn the_tag_changes_with_each_attempt() {
    let world = World::new();
    let (path, _) = finished(&world);
    let tag = || {
        download(&world, &path)
            .send(&world)
            .header("etag")
            .to_owned()
    };
    let first = tag();
    let id = path.rsplit_once('=').unwrap().1;
    let name = tonearm_blobs::BlobName::new(format!("mp3/{id}/2")).unwrap();
    let mut writer = tonearm_blobs::Writer::new(&world.files, name.clone(), 1024);
    writer.write(b"another").unwrap();
    writer.finish("audio/mpeg").unwrap();
    let mut contents = world.contents();
    let job = contents.jobs.values_mut().next().unwrap();
    job.mp3.as_mut().unwrap().blob = name.to_string();
    drop(contents);
    assert_ne!(tag(), first);
}

#[test]
fn head_has_the_headers_of_get_and_its_length() {
    let world = World::new();
    let (path, mp3) = finished(&world);
    let whole = download(&world, &path).send(&world);
    let head = call("HEAD", &path).of(&world, "ada").send(&world);
    assert_eq!((head.status(), head.body().len()), (200, 0));
    assert_eq!(head.header("content-length"), mp3.len().to_string());
    for name in [
        "content-type",
        "etag",
        "accept-ranges",
        "content-disposition",
    ] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
}

#[test]
fn the_mp3_takes_the_name_of_its_source() {
    let world = World::new();
    let names = ["talk.mp4", "Käse & Wein.mov", "日本.mp4", "no extension"];
    let dispositions = names.map(|name| {
        let id = world.add_mp3("ada", b"mp3");
        world.contents().jobs.get_mut(&id).unwrap().name = name.to_owned();
        let reply = download(&world, &format!("/download?fid={id}")).send(&world);
        reply.header("content-disposition").to_owned()
    });
    insta::assert_snapshot!(dispositions.join("\n"));
}
