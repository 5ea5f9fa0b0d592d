//! `/files`: resumable uploads by tus 1.0.0.

mod concatenation;
mod model;
mod protocol;
mod writing;

use std::io::Read;

use tonearm_api::{Answer, BodyReader, UploadQueue, answer};
use tonearm_blobs::{BlobName, Reader};
use tonearm_jobs::JobId;

use crate::request::{Call, Reply, call};
use crate::world::World;

/// A request of ada's by the protocol.
pub fn tus(world: &World, method: &str, path: &str) -> Call {
    let call = call(method, path).header("tus-resumable", "1.0.0");
    call.of(world, "ada")
}

/// Creates an upload of `length` bytes.
pub fn new_upload(world: &World, length: usize) -> JobId {
    created(&creation(world, length).send(world))
}

pub fn creation(world: &World, length: usize) -> Call {
    // "talk.flv"
    tus(world, "POST", "/files")
        .header("upload-length", &length.to_string())
        .header("upload-metadata", "filename dGFsay5mbHY=")
}

/// The id of the upload that was created.
#[track_caller]
pub fn created(reply: &Reply) -> JobId {
    assert_eq!(reply.status(), 201, "{reply:?}");
    let location = reply.header("location");
    JobId::parse(location.strip_prefix("/files/").unwrap()).unwrap()
}

pub fn patch(world: &World, id: JobId, offset: usize, bytes: &[u8]) -> Call {
    tus(world, "PATCH", &format!("/files/{id}"))
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", &offset.to_string())
        .body(bytes)
}

pub fn head(world: &World, id: JobId) -> Reply {
    tus(world, "HEAD", &format!("/files/{id}")).send(world)
}

/// The offset that clients learn.
#[track_caller]
pub fn offset(world: &World, id: JobId) -> usize {
    let reply = head(world, id);
    assert_eq!(reply.status(), 200, "{reply:?}");
    reply.header("upload-offset").parse().unwrap()
}

/// Begins a request whose body the test sends piece by piece; `None` if it is answered before.
pub fn begin<'w>(world: &'w World, call: &Call) -> Option<Box<dyn BodyReader + 'w>> {
    let head = Box::leak(Box::new(call.head()));
    match answer(world, head) {
        Answer::ReadBody(reader) => Some(reader),
        _ => None,
    }
}

/// The bytes of the job `id`, as a converter reads them.
pub fn video(world: &World, id: JobId) -> Vec<u8> {
    let blob = world.contents().jobs[&id].video_blob.clone().unwrap();
    let name = BlobName::new(blob).unwrap();
    let mut reader = Reader::open(&world.files, name).unwrap().unwrap();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

/// A file of FLV with frames of video and of audio.
pub fn flv(length: usize) -> Vec<u8> {
    let mut bytes = b"FLV\x01\x05\0\0\0\x09\0\0\0\0".to_vec();
    let mut number = 0u8;
    while bytes.len() < length {
        let (kind, size) = if number.is_multiple_of(3) {
            (9, 5000u32)
        } else {
            (8, 300)
        };
        bytes.push(kind);
        bytes.extend(&size.to_be_bytes()[1..]);
        bytes.extend([0, 0, number, 0, 0, 0, 0]);
        bytes.extend((0..size).map(|n| (n as u8).wrapping_mul(31) ^ number));
        bytes.extend((size + 11).to_be_bytes());
        number += 1;
    }
    bytes.truncate(length);
    bytes
}

/// Takes the upload for a writer elsewhere.
pub fn claim_elsewhere(world: &World, id: JobId, offset: u64) {
    let (lease, lifetime) = (
        std::time::Duration::from_secs(6),
        std::time::Duration::from_secs(86_400),
    );
    let claim = world.queue.claim_upload(id, "ada", offset, lease, lifetime);
    let claim = claim.unwrap();
    assert!(
        matches!(claim, tonearm_jobs::UploadClaim::Claimed(_)),
        "{claim:?}"
    );
}
