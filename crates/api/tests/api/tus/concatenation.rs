//! Joining partial uploads.

use super::*;
use crate::request::get;

/// A complete partial upload.
fn partial(world: &World, bytes: &[u8]) -> JobId {
    let request = creation(world, bytes.len()).header("upload-concat", "partial");
    let id = created(&request.send(world));
    assert_eq!(patch(world, id, 0, bytes).send(world).status(), 204);
    id
}

fn join(world: &World, ids: &[JobId]) -> Reply {
    let urls: Vec<_> = ids.iter().map(|id| format!("/files/{id}")).collect();
    tus(world, "POST", "/files")
        .header("upload-concat", &format!("final;{}", urls.join(" ")))
        .header("upload-metadata", "filename dGFsay5mbHY=,quality Mg==")
        .send(world)
}

#[test]
fn parallel_uploads_become_one_job() {
    let world = World::new();
    let data = flv(30_000);
    let ids: Vec<_> = data
        .chunks(11_111)
        .map(|part| partial(&world, part))
        .collect();
    assert!(world.contents().jobs.is_empty());
    assert_eq!(head(&world, ids[0]).header("upload-concat"), "partial");
    assert_eq!(head(&world, ids[0]).header("link"), "");

    let reply = join(&world, &ids);
    let id = created(&reply);
    assert_eq!(video(&world, id), data);
    let job = get(&format!("/jobs/{id}"))
        .of(&world, "ada")
        .send(&world)
        .json();
    assert_eq!(job["name"], "talk.flv");
    assert_eq!(job["size"], 30_000);
    assert_eq!(job["options"]["quality"], 2);
    let state = head(&world, id);
    let urls: Vec<_> = ids.iter().map(|id| format!("/files/{id}")).collect();
    assert_eq!(
        state.header("upload-concat"),
        format!("final;{}", urls.join(" "))
    );
    assert_eq!(state.header("upload-length"), "30000");
    assert_eq!(state.header("upload-offset"), "30000");
    assert_eq!(
        state.header("link"),
        format!("</jobs/{id}>; rel=\"related\"")
    );
    let write = patch(&world, id, 30_000, b"").send(&world);
    assert_eq!(
        (write.status(), write.code().as_str()),
        (403, "upload_is_final")
    );

    // The parts are no uploads of their own any more.
    for part in &ids {
        assert_eq!(head(&world, *part).status(), 404);
    }
    let list = get("/files").of(&world, "ada").send(&world).json();
    assert!(list["uploads"].as_array().unwrap().is_empty());
}

#[test]
fn a_concatenation_whose_answer_was_lost_is_made_once() {
    let world = World::new();
    let ids = [partial(&world, b"abc"), partial(&world, b"def")];
    let first = join(&world, &ids);
    let again = join(&world, &ids);
    assert_eq!(
        (again.status(), again.header("location")),
        (201, first.header("location"))
    );
    assert_eq!(world.contents().jobs.len(), 1);
    // Another one of the same parts is not.
    let other = join(&world, &[ids[1], ids[0]]);
    assert_eq!(
        (other.status(), other.code().as_str()),
        (409, "partials_incomplete")
    );
}

#[test]
fn an_interrupted_part_is_continued() {
    let world = World::new();
    let request = creation(&world, 6).header("upload-concat", "partial");
    let id = created(&request.send(&world));
    patch(&world, id, 0, b"abc").interrupted().send(&world);
    assert_eq!(join(&world, &[id]).code(), "partials_incomplete");
    patch(&world, id, 3, b"def").interrupted().send(&world);
    assert_eq!(
        offset(&world, id),
        6,
        "complete, though the request was not"
    );
    let job = created(&join(&world, &[id]));
    assert_eq!(video(&world, job), b"abcdef");
}

#[test]
fn a_refused_concatenation_leaves_its_parts() {
    let world = World::new();
    let whole = new_upload(&world, 3);
    let good = partial(&world, b"abc");
    let stored = world.files.blobs();
    assert_eq!(join(&world, &[good, whole]).code(), "partials_incomplete");
    assert_eq!(
        join(&world, &[good, JobId::generate()]).code(),
        "partials_incomplete"
    );
    world.set_variable("upload_max_bytes", "5");
    let more = partial(&world, b"def");
    assert_eq!(join(&world, &[good, more]).code(), "file_too_large");
    assert_eq!(offset(&world, good), 3);
    assert!(stored.iter().all(|key| world.files.blobs().contains(key)));
    assert!(world.contents().jobs.is_empty());
}
