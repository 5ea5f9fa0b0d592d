//! The table of refusals: each row is a request and the problem it gets. Every kind
//! of problem has a row, and every refusal leaves the stores unchanged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use tonearm_api::problem_kind;
use tonearm_jobs::{Failure, JobId, Queue, State};

use crate::queue::AcceptResult;
use crate::request::{Call, Form, call, get, upload};
use crate::tus::{claim_elsewhere, created, creation, new_upload, patch, tus};
use crate::world::{LIFETIME, NOW, UNKNOWN, World};

/// A request and the problem it gets.
struct Row {
    name: &'static str,
    /// Prepares the world and builds the request.
    request: fn(&World) -> Call,
    status: u16,
    code: &'static str,
    /// The offending field; empty for none.
    field: &'static str,
}

const fn row(
    name: &'static str,
    request: fn(&World) -> Call,
    (status, code, field): (u16, &'static str, &'static str),
) -> Row {
    Row {
        name,
        request,
        status,
        code,
        field,
    }
}

/// An upload of a file by ada, with these query parameters.
fn query(world: &World, query: &str) -> Call {
    let path = format!("/upload?{query}");
    call("POST", &path).form(&file()).of(world, "ada")
}

/// An upload of a file and a text field by ada.
fn field(world: &World, name: &str, value: &str) -> Call {
    upload(&file().and_field(name, value)).of(world, "ada")
}

/// An upload by ada whose body is not a well-formed form.
fn body(world: &World, media_type: &str, body: impl Into<Vec<u8>>) -> Call {
    let call = call("POST", "/upload").of(world, "ada").body(body);
    match media_type {
        "" => call,
        _ => call.header("content-type", media_type),
    }
}

fn file() -> Form {
    Form::file("v.mp4", b"bytes")
}

fn ada(world: &World, method: &str, path: &str) -> Call {
    call(method, path).of(world, "ada")
}

fn admin(world: &World, method: &str, path: &str) -> Call {
    call(method, path).of(world, "admin")
}

/// A request of a browser to the local machine.
fn local(method: &str, path: &str) -> Call {
    call(method, path).header("host", "localhost:3000")
}

/// With the cookie of a session of ada's.
fn cookie(world: &World, call: Call) -> Call {
    let token = world.token_of_session("ada", Some("s1"));
    call.header("cookie", &format!("tonearm={token}"))
}

/// A download by ada.
fn download(world: &World, id: impl std::fmt::Display) -> Call {
    get(&format!("/download?fid={id}")).of(world, "ada")
}

/// A final upload of one byte.
fn final_upload(world: &World) -> JobId {
    let partial = creation(world, 1).header("upload-concat", "partial");
    let partial = created(&partial.send(world));
    assert_eq!(patch(world, partial, 0, b"x").send(world).status(), 204);
    let header = format!("final;/files/{partial}");
    created(
        &tus(world, "POST", "/files")
            .header("upload-concat", &header)
            .send(world),
    )
}

/// With a body of JSON.
fn json(call: Call, body: &str) -> Call {
    call.header("content-type", "application/json").body(body)
}

/// A finished job of `owner` whose video is kept.
fn kept(world: &World, owner: &str) -> JobId {
    let id = world.add_mp3(owner, b"mp3");
    world
        .contents()
        .jobs
        .get_mut(&id)
        .unwrap()
        .video_kept_until_ms = Some(u64::MAX / 2);
    id
}

fn files(count: usize) -> Form {
    (0..count).fold(Form::new(), |form, _| form.and_file("file", "v.mp4", b"x"))
}

const TOKEN_MISSING: (u16, &str, &str) = (401, "token_missing", "authorization");
const TOKEN_INVALID: (u16, &str, &str) = (401, "token_invalid", "authorization");
const TOKEN_REVOKED: (u16, &str, &str) = (401, "token_revoked", "authorization");
const CROSS_SITE: (u16, &str, &str) = (403, "cross_site_request", "");
const NOT_FOUND: (u16, &str, &str) = (404, "not_found", "");
const NO_SUCH_JOB: (u16, &str, &str) = (404, "no_such_job", "");
const NO_SUCH_UPLOAD: (u16, &str, &str) = (404, "no_such_upload", "");
const NO_SUCH_LETTER: (u16, &str, &str) = (404, "no_such_dead_letter", "");
const NOT_ALLOWED: (u16, &str, &str) = (405, "method_not_allowed", "");
const NOT_MULTIPART: (u16, &str, &str) = (415, "not_multipart", "content-type");
const BAD_FORM: (u16, &str, &str) = (400, "bad_form", "");
const INTERRUPTED: (u16, &str, &str) = (400, "body_incomplete", "");
const TOO_MANY_FILES: (u16, &str, &str) = (413, "too_many_files", "file");
const TOO_MANY_JOBS: (u16, &str, &str) = (429, "too_many_jobs", "");
const FILE_TOO_LARGE: (u16, &str, &str) = (413, "file_too_large", "file");
const QUEUE_UNAVAILABLE: (u16, &str, &str) = (503, "queue_unavailable", "");
const AUTH_UNAVAILABLE: (u16, &str, &str) = (503, "auth_unavailable", "");
const FILES_UNAVAILABLE: (u16, &str, &str) = (503, "files_unavailable", "");
const MISCONFIGURED: (u16, &str, &str) = (500, "misconfigured", "");

const fn bad_parameter(name: &'static str) -> (u16, &'static str, &'static str) {
    (400, "bad_parameter", name)
}
const fn bad_header(name: &'static str) -> (u16, &'static str, &'static str) {
    (400, "bad_header", name)
}
const fn bad_option(name: &'static str) -> (u16, &'static str, &'static str) {
    (400, "bad_option", name)
}
const fn bad_field(name: &'static str) -> (u16, &'static str, &'static str) {
    (400, "bad_field", name)
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Paths and methods.
    row("unknown path", |_| get("/nowhere"), NOT_FOUND),
    row("path below a job", |_| get("/jobs/a/b/c"), NOT_FOUND),
    row("POST /", |_| call("POST", "/"), NOT_ALLOWED),
    row("PUT /healthz", |_| call("PUT", "/healthz"), NOT_ALLOWED),
    row("GET /register", |_| get("/register"), NOT_ALLOWED),
    row("GET /login", |_| get("/login"), NOT_ALLOWED),
    row("POST jwks.json", |_| call("POST", "/.well-known/jwks.json"), NOT_ALLOWED),
    row("PUT /session", |_| call("PUT", "/session"), NOT_ALLOWED),
    row("PUT /account", |_| call("PUT", "/account"), NOT_ALLOWED),
    row("GET /upload", |_| get("/upload"), NOT_ALLOWED),
    row("DELETE /jobs", |_| call("DELETE", "/jobs"), NOT_ALLOWED),
    row("PUT /jobs/ID", |_| call("PUT", "/jobs/x"), NOT_ALLOWED),
    row("DELETE /jobs/ID/events", |_| call("DELETE", "/jobs/x/events"), NOT_ALLOWED),
    row("POST /download", |_| call("POST", "/download"), NOT_ALLOWED),
    row("PUT /admin/dead-letters", |w| admin(w, "PUT", "/admin/dead-letters"), NOT_ALLOWED),
    row("GET /admin/dead-letters/ID", |w| admin(w, "GET", "/admin/dead-letters/x"), NOT_ALLOWED),
    row("GET /admin/dead-letters/ID/requeue", |w| admin(w, "GET", "/admin/dead-letters/x/requeue"), NOT_ALLOWED),
    row("PUT /metrics, a hidden path", |_| call("PUT", "/metrics"), NOT_FOUND),

    // Tokens. `routes.rs` checks each route.
    row("no token", |_| get("/jobs"), TOKEN_MISSING),
    row("another scheme", |_| get("/jobs").header("authorization", "Basic YTpi"), TOKEN_MISSING),
    row("malformed token", |_| get("/jobs").header("authorization", "Bearer nonsense"), TOKEN_INVALID),
    row("expired token", |w| { let call = get("/jobs").of(w, "ada"); w.advance(Duration::from_secs(LIFETIME + 60)); call }, (401, "token_expired", "authorization")),
    row("token of another issuer", |w| { let call = get("/jobs").of(w, "ada"); w.set_variable("token_issuer", "other"); call }, TOKEN_INVALID),
    row("token for another audience", |w| { let call = get("/jobs").of(w, "ada"); w.set_variable("token_audience", "other"); call }, TOKEN_INVALID),
    row("token of an unknown key", |w| { let call = get("/jobs").of(w, "ada"); *w.signer.borrow_mut() = tonearm_tokens::Signer::generate(); call }, TOKEN_INVALID),

    row("revoked token", |w| { w.contents().min_versions.insert("ada".to_owned(), 1); get("/jobs").of(w, "ada") }, TOKEN_REVOKED),

    row("an empty cookie", |_| local("GET", "/jobs").header("cookie", "tonearm="), TOKEN_MISSING),
    row("a malformed cookie", |_| local("GET", "/jobs").header("cookie", "tonearm=nonsense"), TOKEN_INVALID),
    row("a cookie, and neither Sec-Fetch-Site nor Origin", |w| cookie(w, local("DELETE", "/jobs/x")), CROSS_SITE),
    row("a session for another site", |_| call("POST", "/session").header("origin", "https://evil.example"), CROSS_SITE),
    row("the end of a session for another site", |_| call("DELETE", "/session").header("sec-fetch-site", "cross-site"), CROSS_SITE),

    // Forwarding to auth.
    row("long password of a session", |_| call("POST", "/session").body(vec![b'x'; 16 * 1024 + 1]), (413, "body_too_large", "")),
    row("session without auth", |w| { w.is_auth_down.set(true); call("POST", "/session") }, AUTH_UNAVAILABLE),
    row("account without auth", |w| { let _ = get("/jobs").of(w, "ada").send(w); w.is_auth_down.set(true); ada(w, "GET", "/account") }, AUTH_UNAVAILABLE),
    row("the end of a session without auth", |w| { let _ = get("/jobs").of(w, "ada").send(w); w.is_auth_down.set(true); cookie(w, local("DELETE", "/session")).header("sec-fetch-site", "same-origin") }, AUTH_UNAVAILABLE),
    row("long login", |_| call("POST", "/login").body(vec![b'x'; 16 * 1024 + 1]), (413, "body_too_large", "")),
    row("long registration", |_| call("POST", "/register").body(vec![b'x'; 16 * 1024 + 1]), (413, "body_too_large", "")),
    row("interrupted login", |_| call("POST", "/login").body("{").interrupted(), INTERRUPTED),
    row("interrupted registration", |_| call("POST", "/register").body("{").interrupted(), INTERRUPTED),
    row("login without auth", |w| { w.is_auth_down.set(true); call("POST", "/login") }, AUTH_UNAVAILABLE),
    row("keys without auth", |w| { w.is_auth_down.set(true); get("/.well-known/jwks.json") }, AUTH_UNAVAILABLE),
    row("login with a bad URL of auth", |w| { w.set_variable("auth_url", "no url"); call("POST", "/login") }, MISCONFIGURED),
    row("token without auth", |w| { w.is_auth_down.set(true); get("/jobs").of(w, "ada") }, AUTH_UNAVAILABLE),
    row("token while auth fails", |w| { w.auth_status.set(500); get("/jobs").of(w, "ada") }, AUTH_UNAVAILABLE),

    // The body of an upload.
    row("JSON", |w| body(w, "application/json", "{}"), NOT_MULTIPART),
    row("no media type", |w| body(w, "", file().body()), NOT_MULTIPART),
    row("no boundary", |w| body(w, "multipart/form-data", file().body()), BAD_FORM),
    row("another boundary", |w| body(w, "multipart/form-data; boundary=other", file().body()), BAD_FORM),
    row("no closing boundary", |w| body(w, Form::MEDIA_TYPE, file().unfinished()), BAD_FORM),
    row("garbage", |w| body(w, Form::MEDIA_TYPE, &b"\x00\xff garbage \r\n\r\n"[..]), BAD_FORM),
    row("an endless part header", |w| body(w, Form::MEDIA_TYPE, format!("--xyz\r\nX: {}\r\n", "x".repeat(100_000))), BAD_FORM),
    row("an empty body", |w| body(w, Form::MEDIA_TYPE, ""), BAD_FORM),
    row("an interrupted upload", |w| body(w, Form::MEDIA_TYPE, file().unfinished()).interrupted(), INTERRUPTED),
    row("no part", |w| upload(&Form::new()).of(w, "ada"), (400, "no_file", "file")),
    row("only options", |w| upload(&Form::new().and_field("title", "x")).of(w, "ada"), (400, "no_file", "file")),
    row("text in place of a file", |w| upload(&Form::new().and_field("file", "x")).of(w, "ada"), bad_field("file")),
    row("an empty file", |w| upload(&Form::file("v.mp4", b"")).of(w, "ada"), (400, "empty_file", "file")),
    row("a part without a name", |w| upload(&Form::new().and_part("form-data", b"x")).of(w, "ada"), bad_field("")),
    row("a file in place of text", |w| upload(&file().and_file("title", "t.txt", b"t")).of(w, "ada"), bad_field("title")),
    row("a field of invalid UTF-8", |w| upload(&file().and_field("title", b"\xff")).of(w, "ada"), bad_field("title")),
    row("a long field", |w| field(w, "title", &"x".repeat(5000)), bad_field("title")),

    // Limits of uploads.
    row("a large file", |w| upload(&Form::file("v.mp4", &[0; 100_001])).of(w, "ada"), FILE_TOO_LARGE),
    row("a large second file", |w| upload(&file().and_file("file", "b.mp4", &[0; 100_001])).of(w, "ada"), FILE_TOO_LARGE),
    row("too many files", |w| upload(&files(4)).of(w, "ada"), TOO_MANY_FILES),
    row("too many jobs before the upload", |w| { for _ in 0..5 { w.add_job("ada", |_| {}); } upload(&file()).of(w, "ada") }, TOO_MANY_JOBS),
    row("too many jobs with the upload", |w| { for _ in 0..4 { w.add_job("ada", |_| {}); } upload(&files(2)).of(w, "ada") }, TOO_MANY_JOBS),
    row("an account that is deleted during the upload", |w| { w.contents().deleted_accounts.insert("ada".to_owned()); upload(&file()).of(w, "ada") }, TOKEN_REVOKED),
    row("a stalled upload", |w| { w.contents().accept_results.push_back(AcceptResult::TooLate); upload(&file()).of(w, "ada") }, (408, "upload_too_slow", "")),

    // Options, in the query or in the form.
    row("quality", |w| field(w, "quality", "10"), bad_option("quality")),
    row("bitrate", |w| field(w, "bitrate", "100"), bad_option("bitrate")),
    row("effort", |w| field(w, "effort", "fast"), bad_option("effort")),
    row("mono", |w| field(w, "mono", "maybe"), bad_option("mono")),
    row("normalize", |w| query(w, "normalize=-16"), bad_option("normalize")),
    row("start", |w| query(w, "start=-1"), bad_option("start")),
    row("end before start", |w| query(w, "start=10&end=5"), bad_option("end")),
    row("end in the form before start in the query", |w| call("POST", "/upload?start=10").form(&file().and_field("end", "5")).of(w, "ada"), bad_option("end")),
    row("track", |w| field(w, "track", "0"), bad_option("track")),
    row("language", |w| field(w, "language", "german"), bad_option("language")),
    row("year", |w| field(w, "year", "MCM"), bad_option("year")),
    row("cover", |w| field(w, "cover", "front"), bad_option("cover")),
    row("title", |w| field(w, "title", &"x".repeat(251)), bad_option("title")),
    row("quality and bitrate", |w| query(w, "quality=2&bitrate=128"), bad_option("bitrate")),
    row("track and language", |w| query(w, "track=2&language=de"), bad_option("language")),
    row("an option twice", |w| query(w, "quality=2&quality=3"), bad_option("quality")),
    row("an unknown option", |w| field(w, "qualty", "2"), (400, "unknown_option", "qualty")),
    row("an unknown query parameter", |w| query(w, "file=2"), (400, "unknown_option", "file")),

    // Resumable uploads.
    row("no version of tus", |w| ada(w, "POST", "/files").header("upload-length", "1"), (412, "unsupported_version", "tus-resumable")),
    row("the state of an upload without a version", |w| ada(w, "HEAD", "/files/x"), (412, "unsupported_version", "tus-resumable")),
    row("no length", |w| tus(w, "POST", "/files"), bad_header("upload-length")),
    row("a deferred length", |w| tus(w, "POST", "/files").header("upload-defer-length", "1"), bad_header("upload-length")),
    row("a negative length", |w| tus(w, "POST", "/files").header("upload-length", "-1"), bad_header("upload-length")),
    row("a length of zero", |w| creation(w, 0), (400, "empty_file", "file")),
    row("a large length", |w| creation(w, 100_001), FILE_TOO_LARGE),
    row("an upload beyond the limit of jobs", |w| { for _ in 0..5 { w.add_job("ada", |_| {}); } creation(w, 1) }, TOO_MANY_JOBS),
    row("a form beyond the limit of uploads", |w| { for _ in 0..5 { new_upload(w, 1); } upload(&file()).of(w, "ada") }, TOO_MANY_JOBS),
    row("an upload to a deleted account", |w| { w.contents().deleted_accounts.insert("ada".to_owned()); creation(w, 1) }, TOKEN_REVOKED),
    row("malformed metadata", |w| tus(w, "POST", "/files").header("upload-length", "1").header("upload-metadata", "filename ?"), bad_header("upload-metadata")),
    row("long metadata", |w| tus(w, "POST", "/files").header("upload-length", "1").header("upload-metadata", &format!("a {}", "YWFh".repeat(1024))), bad_header("upload-metadata")),
    row("a bad option in the metadata", |w| tus(w, "POST", "/files").header("upload-length", "1").header("upload-metadata", "quality MTA="), bad_option("quality")),
    row("a malformed concatenation", |w| tus(w, "POST", "/files").header("upload-concat", "final;/files/x"), bad_header("upload-concat")),
    row("a concatenation of nothing", |w| tus(w, "POST", "/files").header("upload-concat", &format!("final;/files/{UNKNOWN}")), (409, "partials_incomplete", "upload-concat")),
    row("first bytes beyond the length", |w| creation(w, 1).header("content-type", "application/offset+octet-stream").header("content-length", "2"), (413, "body_too_large", "")),
    row("GET /files/ID", |w| tus(w, "GET", "/files/x"), NOT_ALLOWED),
    row("PUT /files", |w| tus(w, "PUT", "/files"), NOT_ALLOWED),
    row("POST /files/ID", |w| tus(w, "POST", "/files/x"), NOT_ALLOWED),
    row("the state of an unknown upload", |w| tus(w, "HEAD", &format!("/files/{UNKNOWN}")), NO_SUCH_UPLOAD),
    row("bytes for an unknown upload", |w| patch(w, JobId::parse(UNKNOWN).unwrap(), 0, b"x"), NO_SUCH_UPLOAD),
    row("deletion of an unknown upload", |w| tus(w, "DELETE", &format!("/files/{UNKNOWN}")), NO_SUCH_UPLOAD),
    row("an upload id that is not an id", |w| tus(w, "HEAD", "/files/x"), NO_SUCH_UPLOAD),
    row("another user's upload", |w| { let id = new_upload(w, 1); call("HEAD", &format!("/files/{id}")).of(w, "bob").header("tus-resumable", "1.0.0") }, NO_SUCH_UPLOAD),
    row("bytes of another media type", |w| { let id = new_upload(w, 1); tus(w, "PATCH", &format!("/files/{id}")).header("upload-offset", "0") }, (415, "wrong_media_type", "content-type")),
    row("bytes without an offset", |w| { let id = new_upload(w, 1); tus(w, "PATCH", &format!("/files/{id}")).header("content-type", "application/offset+octet-stream") }, bad_header("upload-offset")),
    row("bytes with a malformed checksum", |w| { let id = new_upload(w, 1); patch(w, id, 0, b"x").header("upload-checksum", "crc32 YQ==") }, bad_header("upload-checksum")),
    row("bytes with a wrong checksum", |w| { let id = new_upload(w, 9); patch(w, id, 0, b"x").header("upload-checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=") }, (460, "checksum_mismatch", "upload-checksum")),
    row("bytes at a wrong offset", |w| { let id = new_upload(w, 9); patch(w, id, 1, b"x") }, (409, "wrong_offset", "upload-offset")),
    row("bytes beyond the length", |w| { let id = new_upload(w, 1); patch(w, id, 0, b"xy") }, (413, "body_too_large", "")),
    row("bytes while another client writes", |w| { let id = new_upload(w, 9); claim_elsewhere(w, id, 0); patch(w, id, 0, b"x") }, (423, "upload_locked", "")),
    row("bytes for a final upload", |w| patch(w, final_upload(w), 1, b""), (403, "upload_is_final", "")),
    row("bytes after too many interruptions", |w| { let id = new_upload(w, 9); for _ in 0..256 { claim_elsewhere(w, id, 0); w.advance(Duration::from_secs(7)); } patch(w, id, 0, b"x") }, (410, "too_many_pieces", "")),
    row("resumable upload without the queue", |w| { w.contents().is_down = true; creation(w, 1) }, QUEUE_UNAVAILABLE),
    row("bytes without files", |w| { let id = new_upload(w, 9); w.files.is_down.set(true); patch(w, id, 0, b"x") }, FILES_UNAVAILABLE),
    row("resumable upload with a bad limit", |w| { w.set_variable("upload_keep_seconds", "1"); creation(w, 1) }, MISCONFIGURED),

    // Jobs.
    row("limit of zero", |w| ada(w, "GET", "/jobs?limit=0"), bad_parameter("limit")),
    row("limit of 101", |w| ada(w, "GET", "/jobs?limit=101"), bad_parameter("limit")),
    row("negative limit", |w| ada(w, "GET", "/jobs?limit=-1"), bad_parameter("limit")),
    row("limit that is not a number", |w| ada(w, "GET", "/jobs?limit=x"), bad_parameter("limit")),
    row("before that is not an id", |w| ada(w, "GET", "/jobs?before=x"), bad_parameter("before")),
    row("unknown job", |w| ada(w, "GET", &format!("/jobs/{UNKNOWN}")), NO_SUCH_JOB),
    row("job id that is not an id", |w| ada(w, "GET", "/jobs/x"), NO_SUCH_JOB),
    row("deletion of an unknown job", |w| ada(w, "DELETE", &format!("/jobs/{UNKNOWN}")), NO_SUCH_JOB),
    row("events of an unknown job", |w| ada(w, "GET", &format!("/jobs/{UNKNOWN}/events")), NO_SUCH_JOB),
    row("another user's job", |w| { let id = w.add_job("bob", |_| {}); ada(w, "GET", &format!("/jobs/{id}")) }, NO_SUCH_JOB),
    row("deletion of another user's job", |w| { let id = w.add_job("bob", |_| {}); ada(w, "DELETE", &format!("/jobs/{id}")) }, NO_SUCH_JOB),
    row("events of another user's job", |w| { let id = w.add_job("bob", |_| {}); ada(w, "GET", &format!("/jobs/{id}/events")) }, NO_SUCH_JOB),

    // Changing jobs.
    row("a name for an unknown job", |w| ada(w, "PATCH", &format!("/jobs/{UNKNOWN}")).body("name=x"), NO_SUCH_JOB),
    row("a name for another user's job", |w| { let id = w.add_job("bob", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")).body("name=x") }, NO_SUCH_JOB),
    row("no name", |w| { let id = w.add_job("ada", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")) }, bad_field("name")),
    row("a blank name", |w| { let id = w.add_job("ada", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")).body("name=+") }, bad_field("name")),
    row("a list of names", |w| { let id = w.add_job("ada", |_| {}); json(ada(w, "PATCH", &format!("/jobs/{id}")), r#"{"name":["x"]}"#) }, bad_field("name")),
    row("another field", |w| { let id = w.add_job("ada", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")).body("name=x&state=done") }, bad_field("state")),
    row("a name that is not UTF-8", |w| { let id = w.add_job("ada", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")).body("name=%ff") }, bad_field("")),
    row("JSON that is no object", |w| { let id = w.add_job("ada", |_| {}); json(ada(w, "PATCH", &format!("/jobs/{id}")), "[]") }, bad_field("")),
    row("a name of another media type", |w| { let id = w.add_job("ada", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")).header("content-type", "text/xml").body("<x/>") }, (415, "bad_media_type", "content-type")),
    row("a long name", |w| { let id = w.add_job("ada", |_| {}); ada(w, "PATCH", &format!("/jobs/{id}")).body(vec![b'x'; 16 * 1024 + 1]) }, (413, "body_too_large", "")),
    row("converting an unknown job again", |w| ada(w, "POST", &format!("/jobs/{UNKNOWN}/convert")), NO_SUCH_JOB),
    row("converting another user's job again", |w| { let id = kept(w, "bob"); ada(w, "POST", &format!("/jobs/{id}/convert")) }, NO_SUCH_JOB),
    row("converting a queued job again", |w| { let id = w.add_job("ada", |_| {}); ada(w, "POST", &format!("/jobs/{id}/convert")) }, (409, "still_converting", "")),
    row("converting without the video", |w| { let id = w.add_mp3("ada", b"mp3"); ada(w, "POST", &format!("/jobs/{id}/convert")) }, (409, "video_gone", "")),
    row("converting again with too many jobs", |w| { let id = kept(w, "ada"); for _ in 0..5 { w.add_job("ada", |_| {}); } ada(w, "POST", &format!("/jobs/{id}/convert")) }, TOO_MANY_JOBS),
    row("converting again with a bad option", |w| { let id = kept(w, "ada"); ada(w, "POST", &format!("/jobs/{id}/convert?quality=10")) }, bad_option("quality")),
    row("converting again with a bad option in the body", |w| { let id = kept(w, "ada"); json(ada(w, "POST", &format!("/jobs/{id}/convert")), r#"{"start":10,"end":5}"#) }, bad_option("end")),
    row("converting again with an unknown option", |w| { let id = kept(w, "ada"); ada(w, "POST", &format!("/jobs/{id}/convert")).body("qualty=2") }, (400, "unknown_option", "qualty")),
    row("converting again for a deleted account", |w| { let id = kept(w, "ada"); w.contents().deleted_accounts.insert("ada".to_owned()); ada(w, "POST", &format!("/jobs/{id}/convert")) }, TOKEN_REVOKED),

    // Downloads.
    row("no fid", |w| ada(w, "GET", "/download"), bad_parameter("fid")),
    row("download of an unknown job", |w| download(w, UNKNOWN), NO_SUCH_JOB),
    row("fid that is not an id", |w| download(w, "%00"), NO_SUCH_JOB),
    row("download of another user's job", |w| { let id = w.add_mp3("bob", b"mp3"); download(w, id) }, NO_SUCH_JOB),
    row("download of a queued job", |w| { let id = w.add_job("ada", |_| {}); download(w, id) }, (409, "not_ready", "")),
    row("download of a job in progress", |w| { let id = w.add_job("ada", |job| job.state = State::Converting); download(w, id) }, (409, "not_ready", "")),
    row("download of a failed job", |w| { let id = w.add_job("ada", |job| { job.state = State::Failed; job.error = Some(Failure::new("x", "X.")); }); download(w, id) }, (409, "job_failed", "")),
    row("an expired MP3", |w| { let id = w.add_mp3("ada", b"mp3"); w.contents().jobs.get_mut(&id).unwrap().mp3_expires_ms = Some(NOW.as_millis() as u64); download(w, id) }, (410, "mp3_expired", "")),
    row("a deleted MP3", |w| { let id = w.add_mp3("ada", b"mp3"); w.contents().jobs.get_mut(&id).unwrap().mp3.as_mut().unwrap().blob = "mp3/none".to_owned(); download(w, id) }, (410, "mp3_expired", "")),
    row("a range after the end", |w| { let id = w.add_mp3("ada", b"mp3"); download(w, id).header("range", "bytes=3-") }, (416, "range_not_satisfiable", "range")),
    row("an empty range", |w| { let id = w.add_mp3("ada", b"mp3"); download(w, id).header("range", "bytes=-0") }, (416, "range_not_satisfiable", "range")),

    row("an archive of nothing", |w| ada(w, "GET", "/download/zip"), bad_parameter("fid")),
    row("an archive of too many", |w| { let ids: Vec<_> = (0..101).map(|n| format!("fid={n}")).collect(); ada(w, "GET", &format!("/download/zip?{}", ids.join("&"))) }, bad_parameter("fid")),
    row("an archive of an unknown job", |w| ada(w, "GET", &format!("/download/zip?fid={UNKNOWN}")), (404, "no_such_job", "fid")),
    row("an archive of what is no id", |w| ada(w, "GET", "/download/zip?fid=%3Cscript%3E"), (404, "no_such_job", "fid")),
    row("an archive of an expired MP3", |w| { let id = w.add_mp3("ada", b"mp3"); w.contents().jobs.get_mut(&id).unwrap().mp3_expires_ms = Some(NOW.as_millis() as u64); ada(w, "GET", &format!("/download/zip?fid={id}")) }, (410, "mp3_expired", "fid")),
    row("posting another method to a job", |w| { let id = w.add_job("ada", |_| {}); ada(w, "POST", &format!("/jobs/{id}")).body("method=put") }, bad_field("method")),
    row("posting the deletion of an unknown job", |w| ada(w, "POST", &format!("/jobs/{UNKNOWN}")).body("method=delete"), NO_SUCH_JOB),

    // Administration.
    row("overview, as a user", |w| ada(w, "GET", "/admin/overview"), NOT_FOUND),
    row("dead letters, without a token", |_| get("/admin/dead-letters"), TOKEN_MISSING),
    row("dead letters, as a user", |w| ada(w, "GET", "/admin/dead-letters"), NOT_FOUND),
    row("another method, as a user", |w| ada(w, "PUT", "/admin/dead-letters"), NOT_FOUND),
    row("discarding, as a user", |w| ada(w, "DELETE", "/admin/dead-letters/x"), NOT_FOUND),
    row("requeuing, as a user", |w| ada(w, "POST", "/admin/dead-letters/x/requeue"), NOT_FOUND),
    row("unknown path below /admin", |w| admin(w, "GET", "/admin"), NOT_FOUND),
    row("unknown queue", |w| admin(w, "GET", "/admin/dead-letters?queue=x"), bad_parameter("queue")),
    row("unknown queue to requeue on", |w| admin(w, "POST", "/admin/dead-letters/x/requeue?queue=x"), bad_parameter("queue")),
    row("unknown queue to discard from", |w| admin(w, "DELETE", "/admin/dead-letters/x?queue=x"), bad_parameter("queue")),
    row("limit of dead letters", |w| admin(w, "GET", "/admin/dead-letters?limit=0"), bad_parameter("limit")),
    row("before that is not an entry", |w| admin(w, "GET", "/admin/dead-letters?before=x"), bad_parameter("before")),
    row("before with a sign", |w| admin(w, "GET", "/admin/dead-letters?before=%2B1-0"), bad_parameter("before")),
    row("requeuing an unknown job", |w| admin(w, "POST", &format!("/admin/dead-letters/{UNKNOWN}/requeue")), NO_SUCH_LETTER),
    row("requeuing what is not an id", |w| admin(w, "POST", "/admin/dead-letters/x/requeue"), NO_SUCH_LETTER),
    row("requeuing on another queue", |w| { let id = w.add_dead_letter(Queue::Convert, Some(1)); admin(w, "POST", &format!("/admin/dead-letters/{id}/requeue?queue=mp3")) }, NO_SUCH_LETTER),
    row("requeuing without the video", |w| { let id = w.add_dead_letter(Queue::Convert, None); admin(w, "POST", &format!("/admin/dead-letters/{id}/requeue")) }, (409, "video_gone", "")),
    row("discarding an unknown job", |w| admin(w, "DELETE", &format!("/admin/dead-letters/{UNKNOWN}")), NO_SUCH_LETTER),
    row("discarding what is not an id", |w| admin(w, "DELETE", "/admin/dead-letters/x"), NO_SUCH_LETTER),
    row("metrics, without a token", |_| get("/metrics"), NOT_FOUND),
    row("metrics, as a user", |w| ada(w, "GET", "/metrics"), NOT_FOUND),

    // Failures of other services and of the configuration.
    row("health without the queue", |w| { w.contents().is_down = true; get("/healthz") }, QUEUE_UNAVAILABLE),
    row("health without files", |w| { w.files.is_down.set(true); get("/healthz") }, FILES_UNAVAILABLE),
    row("jobs without the queue", |w| { w.contents().is_down = true; ada(w, "GET", "/jobs") }, QUEUE_UNAVAILABLE),
    row("download without the queue", |w| { w.contents().is_down = true; download(w, UNKNOWN) }, QUEUE_UNAVAILABLE),
    row("upload without the queue", |w| { w.contents().is_down = true; upload(&file()).of(w, "ada") }, QUEUE_UNAVAILABLE),
    row("upload without files", |w| { w.files.is_down.set(true); upload(&file()).of(w, "ada") }, FILES_UNAVAILABLE),
    row("upload that may be accepted", |w| { w.contents().accept_results.push_back(AcceptResult::Down); upload(&file()).of(w, "ada") }, (503, "upload_in_doubt", "")),
    row("upload with a bad limit", |w| { w.set_variable("upload_max_files", "0"); upload(&file()).of(w, "ada") }, MISCONFIGURED),
    row("upload with a bad default", |w| { w.set_variable("mp3_quality", "10"); upload(&file()).of(w, "ada") }, MISCONFIGURED),
    row("limits with a bad default", |w| { w.set_variable("mp3_quality", "10"); get("/limits") }, MISCONFIGURED),
    row("a damaged record", |w| { w.contents().accept_results.push_back(AcceptResult::Damaged); upload(&file()).of(w, "ada") }, (500, "internal", "")),
];

#[test]
fn each_refusal_has_its_status_code_and_field() {
    let mut problems = BTreeMap::new();
    for row in ROWS {
        let world = World::new();
        let request = (row.request)(&world);
        let before = stored(&world);
        let reply = request.send(&world);
        let name = row.name;
        assert_eq!(reply.status(), row.status, "{name}: {reply:?}");
        assert_eq!(reply.code(), row.code, "{name}");
        let problem = reply.json();
        assert_eq!(problem["status"], row.status, "{name}");
        assert_eq!(problem["field"].as_str().unwrap_or(""), row.field, "{name}");
        let retry_after = problem["retry_after"].as_u64();
        let retry_after = retry_after.map_or(String::new(), |seconds| seconds.to_string());
        assert_eq!(reply.header("retry-after"), retry_after, "{name}");
        assert_eq!(reply.header("cache-control"), "no-store", "{name}");
        assert_eq!(
            reply.header("www-authenticate").is_empty(),
            row.status != 401,
            "{name}"
        );
        assert_eq!(
            reply.header("allow").is_empty(),
            row.status != 405,
            "{name}"
        );
        assert_eq!(
            reply.header("content-range").is_empty(),
            row.status != 416,
            "{name}"
        );
        // In doubt, the jobs may exist: their files expire if they do not.
        if row.code != "upload_in_doubt" {
            assert_eq!(stored(&world), before, "{name}: the stores are unchanged");
        }
        let unique = problems
            .insert(name, without_ids(&world, problem))
            .is_none();
        assert!(unique, "{name}: two rows have this name");
    }
    insta::assert_json_snapshot!(problems);
}

/// The problem with `ID` in place of the id of a job, which is another one each time.
fn without_ids(world: &World, problem: Value) -> Value {
    let mut text = problem.to_string();
    for id in world.contents().jobs.keys() {
        text = text.replace(&id.to_string(), "ID");
    }
    serde_json::from_str(&text).unwrap()
}

/// Jobs, blobs and staged blobs.
fn stored(world: &World) -> (Vec<String>, Vec<String>, Vec<String>) {
    let contents = world.contents();
    let jobs = contents.jobs.keys().map(ToString::to_string).collect();
    let staged = contents.staged.keys().cloned().collect();
    (jobs, world.files.blobs(), staged)
}

#[test]
fn every_kind_of_problem_has_a_row() {
    let rows: BTreeSet<_> = ROWS.iter().map(|row| (row.status, row.code)).collect();
    let kinds = problem_kind::ALL.iter();
    let kinds: BTreeSet<_> = kinds.map(|kind| (kind.status, kind.code)).collect();
    assert_eq!(rows, kinds);
}

#[test]
fn the_title_belongs_to_the_code() {
    for row in ROWS {
        let world = World::new();
        let problem: Value = (row.request)(&world).send(&world).json();
        let kind = problem_kind::ALL.iter().find(|kind| kind.code == row.code);
        assert_eq!(problem["title"], kind.unwrap().title, "{}", row.name);
    }
}
