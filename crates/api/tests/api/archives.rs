//! `GET /download/zip`: several MP3s as one archive, read with an independent crate.

use std::io::{Cursor, Read};

use tonearm_jobs::JobId;

use crate::request::{Call, Reply, call, get};
use crate::world::World;

fn path(ids: &[JobId]) -> String {
    let parameters: Vec<_> = ids.iter().map(|id| format!("fid={id}")).collect();
    format!("/download/zip?{}", parameters.join("&"))
}

fn archive(world: &World, ids: &[JobId]) -> Call {
    get(&path(ids)).of(world, "ada")
}

/// Names and bytes of the files.
fn files(reply: &Reply) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(reply.body())).unwrap();
    let numbers = 0..archive.len();
    let read = numbers.map(|number| {
        let mut file = archive.by_index(number).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().to_owned(), bytes)
    });
    read.collect()
}

/// A finished job of ada's with this name.
fn named(world: &World, name: &str, mp3: &[u8]) -> JobId {
    let id = world.add_mp3("ada", mp3);
    name.clone_into(&mut world.contents().jobs.get_mut(&id).unwrap().name);
    id
}

#[test]
fn several_mp3s_are_one_archive_with_unique_names() {
    let world = World::new();
    let large = vec![7; 200_000];
    let ids = [
        named(&world, "talk.mp4", b"first"),
        named(&world, "talk.mkv", &large),
        named(&world, "Käse <b>.mp4", b"third"),
    ];
    // Helper `send` compares the bytes with the announced length.
    let reply = archive(&world, &ids).send(&world);
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.header("content-type"), "application/zip");
    let disposition = reply.header("content-disposition");
    let expected = "attachment; filename=\"tonearm-2026-01-01.zip\"";
    assert!(disposition.starts_with(expected), "{disposition}");
    let expected = [
        ("talk.mp3".to_owned(), b"first".to_vec()),
        ("talk (2).mp3".to_owned(), large),
        ("Käse _b_.mp3".to_owned(), b"third".to_vec()),
    ];
    assert_eq!(files(&reply), expected);
}

#[test]
fn a_job_that_is_named_twice_is_in_the_archive_once() {
    let world = World::new();
    let id = named(&world, "talk.mp4", b"mp3");
    let reply = archive(&world, &[id, id]).send(&world);
    assert_eq!(files(&reply).len(), 1);
}

#[test]
fn head_gets_the_length_of_the_archive() {
    let world = World::new();
    let ids = [named(&world, "a.mp4", b"a"), named(&world, "b.mp4", b"bb")];
    let length = archive(&world, &ids).send(&world).body().len().to_string();
    let head = call("HEAD", &path(&ids)).of(&world, "ada").send(&world);
    assert_eq!(head.header("content-length"), length);
    assert!(head.body().is_empty());
}

#[test]
fn the_problem_names_the_job_that_has_no_mp3() {
    let world = World::new();
    let done = named(&world, "a.mp4", b"a");
    let queued = world.add_job("ada", |_| {});
    let bobs = world.add_mp3("bob", b"b");
    for (id, status, code) in [(queued, 409, "not_ready"), (bobs, 404, "no_such_job")] {
        let reply = archive(&world, &[done, id]).send(&world);
        assert_eq!((reply.status(), reply.code().as_str()), (status, code));
        let problem = reply.json();
        assert_eq!(problem["field"], "fid");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&id.to_string()), "{detail}");
    }
}

/// The client notices, because bytes are missing.
#[test]
fn an_archive_ends_early_when_a_job_is_deleted_meanwhile() {
    let world = World::new();
    let ids = [named(&world, "a.mp4", b"a"), named(&world, "b.mp4", b"b")];
    let call = archive(&world, &ids);
    let head = call.head();
    let tonearm_api::Answer::Download(mut download) = tonearm_api::answer(&world, &head) else {
        panic!("no download");
    };
    assert!(download.next_piece().is_some());
    let deleted = self::call("DELETE", &format!("/jobs/{}", ids[1]));
    assert_eq!(deleted.of(&world, "ada").send(&world).status(), 204);
    while download.next_piece().is_some() {}
    assert!(download.remaining() > 0);
}
