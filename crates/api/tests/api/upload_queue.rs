//! Resumable uploads of the queue in memory. Scripts in Lua do the same on a real Redis, and
//! the tests of `tonearm-jobs` compare them with their promises.

use std::collections::BTreeMap;
use std::time::Duration;

use tonearm_api::UploadQueue;
use tonearm_jobs::{
    Concatenated, Concatenation, CreatedUpload, Finished, JobId, JobsError, NewJob, NewUpload,
    Upload, UploadCheckpoint, UploadClaim, UploadFence, UploadKind, Uploader, piece_blobs,
};

use crate::queue::{Contents, MemoryQueue, queued};
use crate::world::NOW;

/// An upload, and what the API does not see of it.
#[derive(Clone)]
pub struct Record {
    pub upload: Upload,
    uploader: Uploader,
    /// When the lease ends, on the clock of the world; `None` once the writer has stopped.
    lease: Option<Duration>,
}

/// Resumable uploads.
#[derive(Default)]
pub struct Uploads {
    pub records: BTreeMap<JobId, Record>,
    /// Partial uploads and the final ones that they became a part of.
    pub consumed: BTreeMap<JobId, (String, JobId)>,
}

impl Uploads {
    /// How many unfinished uploads the user has.
    pub fn unfinished(&self, owner: &str) -> u64 {
        let records = self.records.values();
        let count = records.filter(|r| r.upload.owner == owner && !r.upload.is_done);
        count.count() as u64
    }

    fn of(&self, id: JobId, owner: &str) -> Option<&Record> {
        let record = self.records.get(&id);
        record.filter(|record| record.upload.owner == owner)
    }
}

impl Contents {
    fn expire(&mut self) {
        let now = (NOW + self.now).as_millis() as u64;
        let uploads = &mut self.uploads.records;
        uploads.retain(|_, record| record.upload.expires_ms > now);
    }

    fn extend(&mut self, id: JobId, lifetime: Duration) -> u64 {
        let expires_ms = (NOW + self.now + lifetime).as_millis() as u64;
        let upload = &mut self.uploads.records.get_mut(&id).unwrap().upload;
        upload.expires_ms = expires_ms;
        if !upload.is_done {
            for piece in 0..=upload.piece {
                let (blob, joined) = piece_blobs(id, piece);
                self.staged.insert(blob, lifetime);
                self.staged.insert(joined, lifetime);
            }
        }
        expires_ms
    }

    /// The record, if the claim on it is not lost.
    fn held(&mut self, fence: UploadFence) -> Option<&mut Record> {
        let record = self.uploads.records.get_mut(&fence.id);
        record.filter(|record| record.upload.epoch == fence.epoch && !record.upload.is_done)
    }

    fn record_job(&mut self, uploader: &Uploader, upload: &Upload, blob: &str, parts: &[String]) {
        let file = NewJob {
            id: upload.id,
            name: upload.name.clone(),
            media_type: upload.media_type.clone(),
            bytes: upload.length,
            blob: blob.to_owned(),
            options: upload.options.clone(),
        };
        for blob in parts.iter().chain([&file.blob]) {
            let staged = self.staged.remove(blob);
            assert!(staged.is_some(), "{blob} is staged");
        }
        self.jobs.insert(upload.id, queued(&file, uploader));
    }
}

fn new_record(uploader: &Uploader, new: &NewUpload, kind: UploadKind) -> Record {
    Record {
        uploader: uploader.clone(),
        lease: None,
        upload: Upload {
            id: new.id,
            owner: uploader.owner.clone(),
            name: new.name.clone(),
            media_type: new.media_type.clone(),
            options: new.options.clone(),
            metadata: new.metadata.clone(),
            kind,
            length: new.length,
            offset: 0,
            expires_ms: 0,
            is_done: false,
            epoch: 0,
            piece: 0,
            stored: BTreeMap::new(),
            writer: String::new(),
        },
    }
}

impl UploadQueue for MemoryQueue {
    fn create_upload(
        &self,
        uploader: &Uploader,
        new: &NewUpload,
        max_active: u64,
        lifetime: Duration,
    ) -> Result<CreatedUpload, JobsError> {
        let mut contents = self.contents()?;
        if contents.deleted_accounts.contains(&uploader.owner) {
            return Ok(CreatedUpload::NoSuchOwner);
        }
        if contents.unfinished(&uploader.owner) >= max_active {
            return Ok(CreatedUpload::TooManyActive);
        }
        let kind = match new.is_partial {
            true => UploadKind::Partial,
            false => UploadKind::Whole,
        };
        let record = new_record(uploader, new, kind);
        contents.uploads.records.insert(new.id, record);
        Ok(CreatedUpload::Until(contents.extend(new.id, lifetime)))
    }

    fn upload(&self, id: JobId, owner: &str) -> Result<Option<Upload>, JobsError> {
        let mut contents = self.contents()?;
        contents.expire();
        let record = contents.uploads.of(id, owner);
        Ok(record.map(|record| record.upload.clone()))
    }

    fn uploads(&self, owner: &str) -> Result<Vec<Upload>, JobsError> {
        let mut contents = self.contents()?;
        contents.expire();
        let records = contents.uploads.records.values().rev();
        let uploads = records.map(|record| record.upload.clone());
        let of_owner = uploads.filter(|upload| upload.owner == owner && !upload.is_done);
        Ok(of_owner.collect())
    }

    fn claim_upload(
        &self,
        id: JobId,
        owner: &str,
        offset: u64,
        lease: Duration,
        lifetime: Duration,
    ) -> Result<UploadClaim, JobsError> {
        let mut contents = self.contents()?;
        contents.expire();
        let now = contents.now;
        let Some(record) = contents.uploads.of(id, owner).cloned() else {
            return Ok(UploadClaim::Missing);
        };
        let mut upload = record.upload;
        if matches!(upload.kind, UploadKind::Final(_)) {
            return Ok(UploadClaim::Final);
        }
        if record.lease.is_some_and(|until| until > now) {
            return Ok(UploadClaim::Locked);
        }
        if upload.offset != offset {
            return Ok(UploadClaim::WrongOffset(upload.offset));
        }
        if upload.offset == upload.length {
            return Ok(UploadClaim::Complete(Box::new(upload)));
        }
        if record.lease.is_some() {
            if upload.piece == 255 {
                return Ok(UploadClaim::TooManyPieces);
            }
            upload.piece += 1;
        }
        upload.epoch += 1;
        let record = contents.uploads.records.get_mut(&id).unwrap();
        record.lease = Some(now + lease);
        record.upload = upload;
        contents.extend(id, lifetime);
        let upload = contents.uploads.records[&id].upload.clone();
        Ok(UploadClaim::Claimed(Box::new(upload)))
    }

    fn renew_upload(
        &self,
        fence: UploadFence,
        lease: Duration,
        lifetime: Duration,
    ) -> Result<Option<u64>, JobsError> {
        let mut contents = self.contents()?;
        let until = contents.now + lease;
        match contents.held(fence) {
            Some(record) => record.lease = Some(until),
            None => return Ok(None),
        }
        Ok(Some(contents.extend(fence.id, lifetime)))
    }

    fn release_upload(
        &self,
        fence: UploadFence,
        lifetime: Duration,
    ) -> Result<Option<u64>, JobsError> {
        let mut contents = self.contents()?;
        match contents.held(fence) {
            Some(record) => record.lease = None,
            None => return Ok(None),
        }
        Ok(Some(contents.extend(fence.id, lifetime)))
    }

    fn checkpoint_upload(
        &self,
        fence: UploadFence,
        checkpoint: &UploadCheckpoint,
        lease: Option<Duration>,
        lifetime: Duration,
    ) -> Result<Option<u64>, JobsError> {
        let mut contents = self.contents()?;
        let now = contents.now;
        let Some(record) = contents.held(fence) else {
            return Ok(None);
        };
        record.lease = lease.map(|lease| now + lease);
        let upload = &mut record.upload;
        let is_job = checkpoint.offset == upload.length && upload.kind == UploadKind::Whole;
        assert!(!is_job, "no checkpoint completes a file");
        upload.offset = checkpoint.offset;
        let stored = checkpoint.stored.clone();
        upload.stored.insert(checkpoint.piece, stored);
        upload.writer = checkpoint.writer.clone();
        Ok(Some(contents.extend(fence.id, lifetime)))
    }

    fn finish_upload(
        &self,
        fence: UploadFence,
        blob: &str,
        parts: &[String],
        lifetime: Duration,
    ) -> Result<Finished, JobsError> {
        let mut contents = self.contents()?;
        let Some(record) = contents.uploads.records.get(&fence.id).cloned() else {
            return Ok(Finished::Lost);
        };
        let Record {
            upload, uploader, ..
        } = record;
        if upload.epoch != fence.epoch {
            return Ok(Finished::Lost);
        }
        if upload.is_done {
            return Ok(Finished::Done);
        }
        if contents.deleted_accounts.contains(&upload.owner) {
            return Ok(Finished::NoSuchOwner);
        }
        contents.record_job(&uploader, &upload, blob, parts);
        let record = contents.uploads.records.get_mut(&fence.id).unwrap();
        record.lease = None;
        let upload = &mut record.upload;
        (upload.is_done, upload.offset) = (true, upload.length);
        upload.stored.clear();
        upload.writer.clear();
        contents.extend(fence.id, lifetime);
        drop(contents);
        self.lose_reply()?;
        Ok(Finished::Done)
    }

    fn concatenate(
        &self,
        uploader: &Uploader,
        concatenation: &Concatenation<'_>,
        lifetime: Duration,
    ) -> Result<Concatenated, JobsError> {
        let mut contents = self.contents()?;
        let new = concatenation.upload;
        if contents.uploads.records.contains_key(&new.id) {
            return Ok(Concatenated::Until(contents.extend(new.id, lifetime)));
        }
        if contents.deleted_accounts.contains(&uploader.owner) {
            return Ok(Concatenated::NoSuchOwner);
        }
        for id in concatenation.partials {
            let partial = contents.uploads.of(*id, &uploader.owner);
            let is_complete = partial.is_some_and(|record| {
                let upload = &record.upload;
                upload.kind == UploadKind::Partial && upload.offset == upload.length
            });
            if !is_complete {
                return Ok(Concatenated::PartGone);
            }
        }
        for id in concatenation.partials {
            contents.uploads.records.remove(id);
            let consumed = (uploader.owner.clone(), new.id);
            contents.uploads.consumed.insert(*id, consumed);
        }
        let kind = UploadKind::Final(concatenation.partials.to_vec());
        let mut record = new_record(uploader, new, kind);
        (record.upload.is_done, record.upload.offset) = (true, new.length);
        contents.record_job(
            uploader,
            &record.upload,
            concatenation.blob,
            concatenation.parts,
        );
        contents.uploads.records.insert(new.id, record);
        let until = contents.extend(new.id, lifetime);
        drop(contents);
        self.lose_reply()?;
        Ok(Concatenated::Until(until))
    }

    fn final_upload_of(&self, id: JobId, owner: &str) -> Result<Option<JobId>, JobsError> {
        let contents = self.contents()?;
        let consumed = contents.uploads.consumed.get(&id);
        let consumed = consumed.filter(|(of, _)| of == owner);
        Ok(consumed.map(|(_, by)| *by))
    }

    fn delete_upload(&self, id: JobId, owner: &str) -> Result<bool, JobsError> {
        let mut contents = self.contents()?;
        let Some(record) = contents.uploads.of(id, owner).cloned() else {
            return Ok(false);
        };
        contents.uploads.records.remove(&id);
        contents.jobs.remove(&id);
        let is_free = record.lease.is_none();
        for piece in 0..=record.upload.piece {
            let (blob, joined) = piece_blobs(id, piece);
            let delay = if is_free {
                Duration::ZERO
            } else {
                Duration::from_secs(900)
            };
            contents.staged.insert(blob, delay);
            contents.staged.insert(joined, delay);
        }
        Ok(true)
    }

    fn abandon_upload(&self, fence: UploadFence, owner: &str) -> Result<bool, JobsError> {
        let contents = self.contents()?;
        let record = contents.uploads.of(fence.id, owner);
        let holds = record
            .is_some_and(|record| record.upload.epoch == fence.epoch && !record.upload.is_done);
        drop(contents);
        if !holds {
            return Ok(false);
        }
        self.delete_upload(fence.id, owner)
    }
}
