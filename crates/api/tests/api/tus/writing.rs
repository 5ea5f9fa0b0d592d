//! Checkpoints, interruptions, two writers, and failures in the middle.

use std::time::Duration;

use tonearm_api::Progress;

use super::*;
use crate::queue::AcceptResult;

const SECOND: Duration = Duration::from_secs(1);

fn push(reader: &mut Box<dyn BodyReader + '_>, bytes: &[u8]) {
    assert_eq!(reader.push(bytes.to_vec()).unwrap(), Progress::NeedMore);
}

#[test]
fn what_arrived_before_an_interruption_is_kept() {
    let world = World::new();
    let data = flv(20_000);
    let id = new_upload(&world, data.len());
    let mut at = 0;
    for length in [1, 1023, 1, 5000, 0, 7000] {
        let reply = patch(&world, id, at, &data[at..at + length])
            .interrupted()
            .send(&world);
        assert_eq!(reply.code(), "body_incomplete");
        at += length;
        assert_eq!(offset(&world, id), at);
    }
    let reply = patch(&world, id, at, &data[at..]).send(&world);
    assert_eq!(reply.status(), 204);
    assert_eq!(video(&world, id), data);
    let manifest = world.files.memory.keys();
    let blob = format!("blob:video/{id}");
    assert!(
        manifest.contains(&blob),
        "the layout of an upload in one request"
    );
}

#[test]
fn an_upload_in_many_requests_is_stored_like_one_in_a_form() {
    use crate::request::{Form, upload};
    let world = World::new();
    let data = flv(30_000);
    let id = new_upload(&world, data.len());
    for (n, piece) in data.chunks(1777).enumerate() {
        let reply = patch(&world, id, n * 1777, piece).send(&world);
        assert_eq!(reply.status(), 204, "{reply:?}");
    }
    let form = upload(&Form::file("a.flv", &data))
        .of(&world, "ada")
        .send(&world);
    let other = form.only_job()["id"].as_str().unwrap().to_owned();
    let stored = |id: &str| {
        let keys = world.files.memory.keys().into_iter();
        let keys = keys.filter(|key| key.starts_with(&format!("blob:video/{id}:")));
        let chunk = |key: String| {
            let bytes = tonearm_blobs::Store::get(&world.files, &key).unwrap();
            (key.replace(id, ""), bytes)
        };
        keys.map(chunk).collect::<Vec<_>>()
    };
    assert_eq!(stored(&id.to_string()), stored(&other));
}

#[test]
fn an_interruption_after_the_last_byte_still_makes_the_job() {
    let world = World::new();
    let id = new_upload(&world, 4);
    let reply = patch(&world, id, 0, b"abcd").interrupted().send(&world);
    assert_eq!(reply.status(), 400);
    assert_eq!(offset(&world, id), 4);
    assert_eq!(video(&world, id), b"abcd");
}

#[test]
fn there_is_a_checkpoint_every_two_seconds_while_bytes_arrive() {
    let world = World::new();
    let id = new_upload(&world, 100);
    let mut reader = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    push(&mut reader, &[0; 10]);
    assert_eq!(offset(&world, id), 0);
    world.advance(2 * SECOND);
    push(&mut reader, &[0; 10]);
    assert_eq!(offset(&world, id), 20);
    world.advance(SECOND);
    push(&mut reader, &[0; 10]);
    assert_eq!(offset(&world, id), 20);
    // The gateway dies. Whatever had a checkpoint is kept.
    drop(reader);
    assert_eq!(
        patch(&world, id, 20, b"x").send(&world).code(),
        "upload_locked"
    );
    world.advance(6 * SECOND);
    assert_eq!(
        patch(&world, id, 20, b"x")
            .send(&world)
            .header("upload-offset"),
        "21"
    );
}

#[test]
fn there_is_a_checkpoint_every_eight_mebibytes() {
    let world = World::new();
    world.set_variable("upload_max_bytes", "20000000");
    world.set_variable("chunk_bytes", "262144");
    let id = new_upload(&world, 20_000_000);
    let mut reader = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    for _ in 0..12 {
        push(&mut reader, &[0; 1024 * 1024]);
    }
    assert_eq!(offset(&world, id), 8 * 1024 * 1024);
}

#[test]
fn a_second_writer_waits_and_then_supersedes_a_stalled_one() {
    let world = World::new();
    let data = flv(20_000);
    let id = new_upload(&world, data.len());
    let mut stalled = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    push(&mut stalled, &data[..3000]);
    world.advance(2 * SECOND);
    push(&mut stalled, &data[3000..4000]);
    push(&mut stalled, &data[4000..4500]);

    let refused = patch(&world, id, 4000, b"x").send(&world);
    assert_eq!(
        (refused.status(), refused.header("retry-after")),
        (423, "1")
    );
    world.advance(6 * SECOND);
    let reply = patch(&world, id, 4000, &data[4000..9000]).send(&world);
    assert_eq!(reply.header("upload-offset"), "9000");

    // The first one wakes up and learns that the upload is another's.
    let error = stalled.push(data[4500..6000].to_vec()).unwrap_err();
    assert_eq!(error.reply().status(), 423);
    assert_eq!(offset(&world, id), 9000);
    let reply = patch(&world, id, 9000, &data[9000..]).send(&world);
    assert_eq!(reply.status(), 204);
    assert_eq!(video(&world, id), data);
}

#[test]
fn a_stalled_creation_deletes_nothing_of_the_writer_that_took_over() {
    for is_finished in [false, true] {
        let world = World::new();
        let creation =
            creation(&world, 10).header("content-type", "application/offset+octet-stream");
        let mut stalled = begin(&world, &creation).unwrap();
        push(&mut stalled, b"01234");
        world.advance(2 * SECOND);
        push(&mut stalled, b"5");
        let list = tus(&world, "GET", "/files").send(&world).json();
        let id = JobId::parse(list["uploads"][0]["id"].as_str().unwrap()).unwrap();
        world.advance(6 * SECOND);
        let next: &[u8] = if is_finished { b"6789" } else { b"67" };
        assert_eq!(patch(&world, id, 6, next).send(&world).status(), 204);

        assert_eq!(stalled.interrupt("gone".to_owned()).reply().status(), 400);
        drop(stalled);
        assert_eq!(offset(&world, id), 6 + next.len());
        if !is_finished {
            assert_eq!(patch(&world, id, 8, b"89").send(&world).status(), 204);
        }
        assert_eq!(video(&world, id), b"0123456789");
    }
}

#[test]
fn after_a_failed_write_the_next_writer_begins_a_piece_of_its_own() {
    let world = World::new();
    let id = new_upload(&world, 6000);
    let mut reader = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    push(&mut reader, &[1; 100]);
    world.files.is_down.set(true);
    let error = reader.push(vec![1; 5000]).unwrap_err();
    assert_eq!(error.reply().status(), 503);
    drop(reader);
    world.files.is_down.set(false);
    // What failed may still take effect, so the claim is not released.
    assert_eq!(patch(&world, id, 0, b"").send(&world).status(), 423);
    world.advance(6 * SECOND);
    assert_eq!(patch(&world, id, 0, &[2; 6000]).send(&world).status(), 204);
    let late = format!("blob:video/{id}:0");
    tonearm_blobs::Store::set(&world.files, &late, &[1; 1024]).unwrap();
    assert_eq!(video(&world, id), [2; 6000]);
}

#[test]
fn a_stalled_writer_that_nobody_superseded_goes_on() {
    let world = World::new();
    let id = new_upload(&world, 100);
    let mut reader = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    push(&mut reader, &[0; 10]);
    world.advance(600 * SECOND);
    push(&mut reader, &[0; 10]);
    world.advance(600 * SECOND);
    assert_eq!(reader.end().unwrap(), Progress::Complete);
    assert_eq!(reader.finish().unwrap().status(), 204);
    assert_eq!(offset(&world, id), 20);
}

#[test]
fn nothing_beyond_the_length_is_stored() {
    let world = World::new();
    let id = new_upload(&world, 10);
    assert_eq!(patch(&world, id, 0, b"01234").send(&world).status(), 204);
    for call in [
        patch(&world, id, 5, b"567890"),
        patch(&world, id, 5, b"").header("content-length", "6"),
    ] {
        let reply = call.send(&world);
        assert_eq!(
            (reply.status(), reply.code().as_str()),
            (413, "body_too_large")
        );
        assert_eq!(offset(&world, id), 5);
    }
    assert_eq!(patch(&world, id, 5, b"56789").send(&world).status(), 204);
    assert_eq!(video(&world, id), b"0123456789");
    let beyond = patch(&world, id, 10, b"").header("content-length", "1");
    assert_eq!(beyond.send(&world).status(), 413);
}

#[test]
fn bytes_with_a_wrong_checksum_are_not_kept() {
    let world = World::new();
    let id = new_upload(&world, 6);
    let abc = "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    let with = |at, bytes: &[u8]| {
        let request = patch(&world, id, at, bytes).header("upload-checksum", abc);
        request.send(&world)
    };
    let reply = with(0, b"abx");
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (460, "checksum_mismatch")
    );
    assert_eq!(offset(&world, id), 0);
    assert_eq!(with(0, b"abc").header("upload-offset"), "3");
    // The last byte, too, counts only with a right checksum.
    assert_eq!(with(3, b"abx").status(), 460);
    assert_eq!(offset(&world, id), 3);
    assert!(world.contents().jobs.is_empty());
    assert_eq!(with(3, b"abc").header("upload-offset"), "6");
    assert_eq!(video(&world, id), b"abcabc");
}

#[test]
fn nothing_is_recorded_before_the_checksum_is_right() {
    let world = World::new();
    let id = new_upload(&world, 100);
    let checksum = "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    let call = patch(&world, id, 0, b"").header("upload-checksum", checksum);
    let mut reader = begin(&world, &call).unwrap();
    for _ in 0..5 {
        push(&mut reader, b"a");
        world.advance(3 * SECOND);
        assert_eq!(offset(&world, id), 0);
        let other = patch(&world, id, 0, b"x").send(&world);
        assert_eq!(other.status(), 423, "the lease is renewed");
    }
    let error = reader.interrupt("reset".to_owned());
    assert_eq!(error.reply().status(), 400);
    assert_eq!(offset(&world, id), 0);
    assert_eq!(patch(&world, id, 0, b"x").send(&world).status(), 204);
}

#[test]
fn a_token_that_is_revoked_meanwhile_ends_the_upload() {
    let world = World::new();
    let id = new_upload(&world, 100);
    let mut reader = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    push(&mut reader, b"0123456789");
    world.contents().min_versions.insert("ada".to_owned(), 1);
    world.advance(61 * SECOND);
    let error = reader.push(b"x".to_vec()).unwrap_err();
    assert_eq!(error.reply().status(), 401);
    world.contents().min_versions.clear();

    // At the end it is checked in any case.
    let at = offset(&world, id);
    let mut reader = begin(&world, &patch(&world, id, at, b"")).unwrap();
    push(&mut reader, &vec![b'x'; 100 - at]);
    world.contents().min_versions.insert("ada".to_owned(), 1);
    assert_eq!(reader.end().unwrap(), Progress::Complete);
    assert_eq!(reader.finish().unwrap_err().reply().status(), 401);
    world.contents().min_versions.clear();
    assert!(world.contents().jobs.is_empty());
    assert_eq!(offset(&world, id), at);
    let reply = patch(&world, id, at, &vec![b'x'; 100 - at]).send(&world);
    assert_eq!(reply.status(), 204, "the claim was released: {reply:?}");
}

/// The queue comes back after four seconds.
fn recover(world: &World) {
    let mut sleeps = 0;
    *world.on_sleep.borrow_mut() = Some(Box::new(move |contents| {
        sleeps += 1;
        if sleeps == 4 {
            contents.is_down = false;
        }
    }));
}

#[test]
fn a_short_outage_of_the_queue_costs_no_byte() {
    let world = World::new();
    let id = new_upload(&world, 100);
    let mut reader = begin(&world, &patch(&world, id, 0, b"")).unwrap();
    push(&mut reader, &[0; 10]);
    world.contents().is_down = true;
    recover(&world);
    world.advance(2 * SECOND);
    push(&mut reader, &[0; 10]);
    assert_eq!(offset(&world, id), 20);
}

#[test]
fn a_lost_reply_of_the_last_step_makes_one_job() {
    let world = World::new();
    let id = new_upload(&world, 4);
    let lost = AcceptResult::ReplyLost;
    world.contents().accept_results.push_back(lost);
    recover(&world);
    let reply = patch(&world, id, 0, b"abcd").send(&world);
    assert_eq!((reply.status(), reply.header("upload-offset")), (204, "4"));
    assert_eq!(world.contents().jobs.len(), 1);
}

#[test]
fn an_outage_of_the_file_store_loses_nothing_that_was_acknowledged() {
    let world = World::new();
    let data = flv(10_000);
    let id = new_upload(&world, data.len());
    patch(&world, id, 0, &data[..3000]).send(&world);
    let mut reader = begin(&world, &patch(&world, id, 3000, b"")).unwrap();
    push(&mut reader, &data[3000..3010]);
    world.files.is_down.set(true);
    let error = reader.push(data[3010..6000].to_vec()).unwrap_err();
    assert_eq!(error.reply().status(), 503);
    world.files.is_down.set(false);
    assert_eq!(offset(&world, id), 3000);
    world.advance(6 * SECOND);
    let reply = patch(&world, id, 3000, &data[3000..]).send(&world);
    assert_eq!(reply.status(), 204, "{reply:?}");
    assert_eq!(video(&world, id), data);
}

#[test]
fn an_upload_expires_a_day_after_its_last_byte() {
    let world = World::new();
    let id = new_upload(&world, 100);
    world.advance(80_000 * SECOND / 20);
    patch(&world, id, 0, b"abc").send(&world);
    assert_eq!(
        head(&world, id).header("upload-expires"),
        "Fri, 02 Jan 2026 01:06:40 GMT"
    );
    world.set_variable("upload_keep_seconds", "60");
    patch(&world, id, 3, b"def").send(&world);
    world.advance(60 * SECOND);
    assert_eq!(head(&world, id).status(), 404);
    assert_eq!(patch(&world, id, 6, b"x").send(&world).status(), 404);
}
