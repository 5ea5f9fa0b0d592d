//! Headers and statuses.

use super::*;
use crate::request::{Form, get, upload};

#[test]
fn anyone_learns_what_is_supported() {
    let world = World::new();
    for path in ["/files", "/files/x"] {
        // A client need not send a version here.
        let reply = call("OPTIONS", path).send(&world);
        assert_eq!(reply.status(), 204);
        assert_eq!(reply.header("tus-version"), "1.0.0");
        assert_eq!(reply.header("tus-resumable"), "1.0.0");
        assert_eq!(reply.header("tus-max-size"), "100000");
        assert_eq!(reply.header("tus-checksum-algorithm"), "sha1,sha256");
        assert_eq!(
            reply.header("tus-extension"),
            "creation,creation-with-upload,termination,expiration,checksum,concatenation"
        );
        let other = call("PUT", path).send(&world);
        let mut methods: Vec<_> = other.header("allow").split(", ").collect();
        methods.sort_unstable();
        let mut options: Vec<_> = reply.header("allow").split(", ").collect();
        options.sort_unstable();
        assert_eq!(options, methods, "{path}");
    }
}

#[test]
fn every_answer_names_the_version() {
    let world = World::new();
    let id = new_upload(&world, 10);
    for reply in [
        creation(&world, 10).send(&world),
        head(&world, id),
        patch(&world, id, 0, b"01234").send(&world),
        patch(&world, id, 3, b"x").send(&world),
        patch(&world, id, 5, b"too many").send(&world),
        patch(&world, id, 5, b"5").interrupted().send(&world),
        tus(&world, "DELETE", &format!("/files/{id}")).send(&world),
        tus(&world, "PUT", "/files").send(&world),
        tus(&world, "GET", "/files/a/b").send(&world),
        call("PATCH", "/files/x").send(&world),
        get("/files").of(&world, "ada").send(&world),
    ] {
        assert_eq!(reply.header("tus-resumable"), "1.0.0", "{reply:?}");
    }
    let other = get("/jobs").of(&world, "ada").send(&world);
    assert_eq!(other.header("tus-resumable"), "");
}

#[test]
fn another_version_is_refused_with_the_supported_one() {
    let world = World::new();
    for version in ["", "0.2.2", "1.0.1", "2.0.0"] {
        let request = call("POST", "/files").of(&world, "ada");
        let request = request.header("upload-length", "10");
        let reply = request.header("tus-resumable", version).send(&world);
        assert_eq!(reply.status(), 412, "{version}");
        assert_eq!(reply.header("tus-version"), "1.0.0");
    }
}

#[test]
fn an_upload_in_two_requests_becomes_a_job() {
    let world = World::new();
    let reply = creation(&world, 10).send(&world);
    let id = created(&reply);
    // A day after the beginning of the world.
    assert_eq!(
        reply.header("upload-expires"),
        "Fri, 02 Jan 2026 00:00:00 GMT"
    );
    assert_eq!(reply.header("upload-offset"), "", "no body, no offset");

    let reply = patch(&world, id, 0, b"0123456").send(&world);
    assert_eq!((reply.status(), reply.header("upload-offset")), (204, "7"));
    assert_eq!(
        reply.header("upload-expires"),
        "Fri, 02 Jan 2026 00:00:00 GMT"
    );
    let state = head(&world, id);
    assert_eq!(state.header("upload-offset"), "7");
    assert_eq!(state.header("upload-length"), "10");
    assert_eq!(state.header("upload-metadata"), "filename dGFsay5mbHY=");
    assert_eq!(state.header("cache-control"), "no-store");
    assert_eq!(state.header("link"), "");
    assert!(world.contents().jobs.is_empty());

    let reply = patch(&world, id, 7, b"789").send(&world);
    assert_eq!((reply.status(), reply.header("upload-offset")), (204, "10"));
    let link = format!("</jobs/{id}>; rel=\"related\"");
    assert_eq!(reply.header("link"), link);
    let job = get(&format!("/jobs/{id}"))
        .of(&world, "ada")
        .send(&world)
        .json();
    assert_eq!(
        (&job["name"], &job["size"]),
        (&"talk.flv".into(), &10.into())
    );
    assert_eq!(video(&world, id), b"0123456789");

    // The last answer was lost: both ways to ask give the same.
    for reply in [head(&world, id), patch(&world, id, 10, b"").send(&world)] {
        assert_eq!(reply.header("upload-offset"), "10");
        assert_eq!(reply.header("link"), link);
    }
    assert_eq!(world.contents().jobs.len(), 1);
}

#[test]
fn an_upload_is_created_with_its_first_bytes() {
    let world = World::new();
    let with_bytes = |bytes: &[u8]| {
        let request =
            creation(&world, 10).header("content-type", "application/offset+octet-stream");
        request.body(bytes).send(&world)
    };
    let reply = with_bytes(b"0123");
    let id = created(&reply);
    assert_eq!(reply.header("upload-offset"), "4");
    assert_eq!(offset(&world, id), 4);

    let whole = with_bytes(b"0123456789");
    let id = created(&whole);
    assert_eq!(whole.header("upload-offset"), "10");
    assert_eq!(video(&world, id), b"0123456789");

    let none = with_bytes(b"");
    assert_eq!(none.header("upload-offset"), "0");
}

#[test]
fn an_upload_that_fails_with_its_creation_leaves_nothing() {
    let world = World::new();
    let request = creation(&world, 10).header("content-type", "application/offset+octet-stream");
    let checksum = "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    for reply in [
        request.clone().body(&b"0123456789a"[..]).send(&world),
        request
            .clone()
            .body(&b"0123"[..])
            .interrupted()
            .send(&world),
        request
            .clone()
            .body(&b"0123456789"[..])
            .interrupted()
            .send(&world),
        request
            .header("upload-checksum", checksum)
            .body(&b"abx"[..])
            .send(&world),
    ] {
        assert!(reply.0.status().is_client_error(), "{reply:?}");
        assert!(world.contents().uploads.records.is_empty());
        assert!(world.contents().jobs.is_empty());
    }
}

#[test]
fn options_are_metadata_and_other_keys_are_kept() {
    let world = World::new();
    // quality 2, start 1:30, relativePath null
    let metadata = "filename YS5tcDQ=,quality Mg==,start MTozMA==,relativePath bnVsbA==";
    let request = tus(&world, "POST", "/files").header("upload-length", "3");
    let reply = request.header("upload-metadata", metadata).send(&world);
    let id = created(&reply);
    assert_eq!(head(&world, id).header("upload-metadata"), metadata);
    assert_eq!(patch(&world, id, 0, b"abc").send(&world).status(), 204);
    let job = get(&format!("/jobs/{id}"))
        .of(&world, "ada")
        .send(&world)
        .json();
    assert_eq!(job["options"]["quality"], 2);
    assert_eq!(job["options"]["start"], 90.0);
}

#[test]
fn the_list_has_unfinished_uploads() {
    let world = World::new();
    let first = new_upload(&world, 10);
    let second = new_upload(&world, 20);
    assert_eq!(patch(&world, first, 0, b"abc").send(&world).status(), 204);
    let list = || get("/files").of(&world, "ada").send(&world).json();
    let mut listed = list();
    let uploads = listed["uploads"].as_array_mut().unwrap();
    for upload in uploads.iter_mut() {
        let created = upload
            .as_object_mut()
            .unwrap()
            .remove("created_at")
            .unwrap();
        assert!(created.as_str().unwrap().ends_with('Z'), "{created}");
    }
    let expected = |id: JobId, length: u64, offset: u64| {
        serde_json::json!({
            "id": id.to_string(),
            "name": "talk.flv",
            "length": length,
            "offset": offset,
            "expires_at": "2026-01-02T00:00:00Z",
        })
    };
    assert_eq!(*uploads, [expected(second, 20, 0), expected(first, 10, 3)]);
    assert_eq!(
        patch(&world, first, 3, b"defghij").send(&world).status(),
        204
    );
    assert_eq!(list()["uploads"].as_array().unwrap().len(), 1);
    let others = get("/files").of(&world, "bob").send(&world).json();
    assert_eq!(others["uploads"].as_array().unwrap().len(), 0);
}

#[test]
fn methods_may_stand_in_a_header() {
    let world = World::new();
    let id = new_upload(&world, 3);
    let path = format!("/files/{id}");
    let post = |method| tus(&world, "POST", &path).header("x-http-method-override", method);
    let reply = post("PATCH")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", "0")
        .body(&b"ab"[..])
        .send(&world);
    assert_eq!((reply.status(), reply.header("upload-offset")), (204, "2"));
    assert_eq!(post("HEAD").send(&world).header("upload-offset"), "2");
    assert_eq!(post("DELETE").send(&world).status(), 204);
    assert_eq!(tus(&world, "POST", &path).send(&world).status(), 405);
    // Elsewhere the header has no meaning.
    let job = world.add_job("ada", |_| {});
    let path = format!("/jobs/{job}/events");
    let reply = call("POST", &path).header("x-http-method-override", "DELETE");
    assert_eq!(reply.of(&world, "ada").send(&world).status(), 405);
}

#[test]
fn an_upload_holds_the_place_of_its_job() {
    let world = World::new();
    for _ in 0..4 {
        world.add_job("ada", |_| {});
    }
    let id = new_upload(&world, 3);
    assert_eq!(creation(&world, 3).send(&world).code(), "too_many_jobs");
    let form = upload(&Form::file("v.mp4", b"x")).of(&world, "ada");
    assert_eq!(form.send(&world).code(), "too_many_jobs");
    let reply = patch(&world, id, 0, b"abc").send(&world);
    assert_eq!(reply.status(), 204, "its end is not refused");
}

#[test]
fn a_deleted_upload_is_gone_with_its_blobs_or_its_job() {
    let world = World::new();
    let unfinished = new_upload(&world, 10);
    patch(&world, unfinished, 0, b"abc").send(&world);
    let finished = new_upload(&world, 3);
    patch(&world, finished, 0, b"abc").send(&world);
    for id in [unfinished, finished] {
        let delete = || tus(&world, "DELETE", &format!("/files/{id}")).send(&world);
        assert_eq!(delete().status(), 204);
        assert_eq!(delete().code(), "no_such_upload");
        assert_eq!(head(&world, id).status(), 404);
        assert_eq!(patch(&world, id, 3, b"d").send(&world).status(), 404);
    }
    assert!(world.files.blobs().is_empty(), "{:?}", world.files.blobs());
    assert!(world.contents().jobs.is_empty());
}

#[test]
fn an_upload_of_another_user_is_like_an_unknown_one() {
    let world = World::new();
    let id = new_upload(&world, 10);
    let unknown = JobId::generate();
    for method in ["HEAD", "PATCH", "DELETE"] {
        let answer = |id: JobId| {
            let request = call(method, &format!("/files/{id}")).of(&world, "bob");
            let request = request
                .header("tus-resumable", "1.0.0")
                .header("upload-offset", "0");
            request
                .header("content-type", "application/offset+octet-stream")
                .send(&world)
        };
        let (of_ada, of_nobody) = (answer(id), answer(unknown));
        assert_eq!(of_ada.status(), 404);
        assert_eq!(of_ada.text(), of_nobody.text());
        assert_eq!(of_ada.0.headers(), of_nobody.0.headers());
    }
    assert_eq!(offset(&world, id), 0);
}
