//! How uploads are represented.

use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;
use tonearm_jobs::{Upload, UploadKind, rfc3339};
use tonearm_web::reply::{self, Reply};

use super::concat;

/// The response to `GET /files`.
#[derive(Debug, Serialize)]
pub(super) struct UploadListView {
    uploads: Vec<UploadView>,
}

#[derive(Debug, Serialize)]
struct UploadView {
    id: String,
    name: String,
    /// Bytes.
    length: u64,
    /// Bytes that are stored.
    offset: u64,
    /// Whether it is a part of another upload.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    /// RFC 3339, UTC.
    created_at: String,
    /// RFC 3339, UTC.
    expires_at: String,
}

impl UploadListView {
    pub(super) fn new(uploads: &[Upload]) -> Self {
        let view = |upload: &Upload| UploadView {
            id: upload.id.to_string(),
            name: upload.name.clone(),
            length: upload.length,
            offset: upload.offset,
            partial: upload.kind == UploadKind::Partial,
            created_at: rfc3339(upload.id.created_ms()),
            expires_at: rfc3339(upload.expires_ms),
        };
        Self {
            uploads: uploads.iter().map(view).collect(),
        }
    }
}

/// The response to `HEAD /files/ID`.
pub(super) fn state(upload: &Upload) -> Reply {
    let reply = reply::with(reply::empty(200), "cache-control", "no-store");
    let reply = reply::with(reply, "upload-length", &upload.length.to_string());
    let reply = match upload.metadata.as_str() {
        "" => reply,
        metadata => reply::with(reply, "upload-metadata", metadata),
    };
    let reply = match concat::header(&upload.kind) {
        Some(concat) => reply::with(reply, "upload-concat", &concat),
        None => reply,
    };
    progress(reply, upload, upload.offset, upload.expires_ms)
}

/// Adds how far an upload has come, and when it expires. Whatever is done is a job.
pub(super) fn progress(reply: Reply, upload: &Upload, offset: u64, expires_ms: u64) -> Reply {
    let reply = reply::with(reply, "upload-offset", &offset.to_string());
    let reply = expiry(reply, expires_ms);
    let is_done = offset == upload.length && upload.kind != UploadKind::Partial;
    match is_done {
        true => reply::with(
            reply,
            "link",
            &format!("</jobs/{}>; rel=\"related\"", upload.id),
        ),
        false => reply,
    }
}

/// Adds when an upload expires (RFC 9110, section 5.6.7).
pub(super) fn expiry(reply: Reply, expires_ms: u64) -> Reply {
    // A later time could not be written.
    let expires_ms = expires_ms.min(253_402_300_799_000);
    let expires = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(expires_ms));
    reply::with(reply, "upload-expires", &expires)
}

/// 201 for a new upload.
pub(super) fn created(id: tonearm_jobs::JobId) -> Reply {
    reply::with(reply::empty(201), "location", &format!("/files/{id}"))
}
