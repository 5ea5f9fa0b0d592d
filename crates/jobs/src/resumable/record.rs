//! The record of a resumable upload.

use std::collections::BTreeMap;

use tonearm_options::Options;

use super::write::UploadFence;
use crate::job::{Damaged, Fields, json, number, text};
use crate::{JobId, JobsError, Value};

/// What an upload is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadKind {
    /// It becomes a job.
    Whole,
    /// It becomes a part of another upload.
    Partial,
    /// It was joined from these uploads and is a job.
    Final(Vec<JobId>),
}

/// A resumable upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// The id of the upload and of its job.
    pub id: JobId,
    /// The id of the account.
    pub owner: String,
    /// The name of the file.
    pub name: String,
    /// The media type of the file.
    pub media_type: String,
    /// The conversion options.
    pub options: Options,
    /// What the client gave about it.
    pub metadata: String,
    /// What it is for.
    pub kind: UploadKind,
    /// Length in bytes.
    pub length: u64,
    /// Bytes that are stored, according to the last checkpoint.
    pub offset: u64,
    /// When it expires, in milliseconds since 1970.
    pub expires_ms: u64,
    /// Whether it has become a job. If it has, the offset is its length; a partial upload
    /// never does.
    pub is_done: bool,
    /// The number of the last claim.
    pub epoch: u32,
    /// The number of the piece that the last writer writes.
    pub piece: u32,
    /// What is stored of each piece, by its number, as the checkpoints have it.
    pub stored: BTreeMap<u32, String>,
    /// The state of the writer at the last checkpoint; empty before the first one.
    pub writer: String,
}

impl Upload {
    /// The fence of the last claim.
    pub fn fence(&self) -> UploadFence {
        UploadFence {
            id: self.id,
            epoch: self.epoch,
        }
    }
}

/// `None` if there is no such upload.
pub(super) fn parse(id: JobId, reply: &[Value]) -> Result<Option<Upload>, JobsError> {
    let fields = Fields::new(reply);
    if fields.is_empty() || fields.get("consumed").is_some() {
        return Ok(None);
    }
    match upload(id, &fields) {
        Ok(upload) => Ok(Some(upload)),
        Err(Damaged(reason)) => Err(JobsError::BadRecord {
            id: id.to_string(),
            reason,
        }),
    }
}

/// Uploads of a list, without those that cannot be parsed; `None` where the reply has
/// another form.
pub(super) fn parse_list(mut reply: &[Value]) -> Option<Vec<Upload>> {
    let mut uploads = Vec::new();
    while let [count, id, rest @ ..] = reply {
        let (fields, rest) = rest.split_at_checked(usize::try_from(count.int()?).ok()?)?;
        let id = JobId::parse(&id.text()?)?;
        match parse(id, fields) {
            Ok(upload) => uploads.extend(upload),
            Err(error) => eprintln!("left out of a list: {error}"),
        }
        reply = rest;
    }
    reply.is_empty().then_some(uploads)
}

fn upload(id: JobId, fields: &Fields) -> Result<Upload, Damaged> {
    let ids = |text: &str| -> Option<Vec<_>> { text.split(' ').map(JobId::parse).collect() };
    let kind = match fields.get("concat").unwrap_or_default() {
        "partial" => UploadKind::Partial,
        "final" => UploadKind::Final(fields.required("partials", ids)?),
        _ => UploadKind::Whole,
    };
    let stored = fields.iter().filter_map(|(field, value)| {
        let number = field.strip_prefix("piece:")?.parse().ok()?;
        Some((number, value.to_owned()))
    });
    Ok(Upload {
        id,
        owner: fields.required("owner", text)?,
        name: fields.required("name", text)?,
        media_type: fields.required("media_type", text)?,
        options: fields.required("options", json)?,
        metadata: fields.required("metadata", text)?,
        kind,
        length: fields.required("length", number)?,
        offset: fields.required("offset", number)?,
        expires_ms: fields.required("expires_ms", number)?,
        is_done: fields.get("is_done").is_some(),
        epoch: fields.required("epoch", number)?,
        piece: fields.required("piece", number)?,
        stored: stored.collect(),
        writer: fields.get("writer").unwrap_or_default().to_owned(),
    })
}
