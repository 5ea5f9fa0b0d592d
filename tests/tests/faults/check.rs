//! The history checker: compares the responses to users with API, mailbox and stores.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::end;
use crate::history::{Answer, Events};
use crate::load::User;
use crate::media_kinds::{Kind, Sample};
use crate::quiet;
use crate::resumable;
use crate::stores;
use crate::world::World;

/// The findings. The lists must be empty.
#[derive(Debug, Default)]
pub struct Verdict {
    pub accepted: u64,
    pub done: u64,
    pub failed: u64,
    pub deleted: u64,
    pub refused: u64,
    /// Files of uploads without a response, and those of them that became jobs.
    pub unanswered: u64,
    pub kept: u64,
    pub mails: u64,
    /// Accepted files whose upload was resumable, and how often one was resumed.
    pub resumable: u64,
    pub resumed: u64,
    pub lost: Vec<String>,
    pub duplicated: Vec<String>,
    pub stuck: Vec<String>,
    pub left_over: Vec<String>,
}

impl Verdict {
    /// Everything that is wrong.
    pub fn problems(&self) -> Vec<String> {
        let lists = [
            ("lost", &self.lost),
            ("duplicated", &self.duplicated),
            ("stuck", &self.stuck),
            ("left over", &self.left_over),
        ];
        let all = lists.iter().flat_map(|(what, list)| {
            list.iter()
                .map(move |sentence| format!("{what}: {sentence}"))
        });
        all.collect()
    }
}

/// Checks a world in which nothing changes any more.
pub fn check(
    world: &World,
    events: &Events,
    users: &[User<'_>],
    samples: &BTreeMap<Kind, Sample>,
) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.lost.extend(events.forgotten.iter().cloned());
    verdict.resumable = events.resumable;
    verdict.resumed = events.resumed;
    resumable::end_unfinished(events, users, &mut verdict);
    let mails = stores::mails(world);
    verdict.mails = mails.len() as u64;
    let deleted: BTreeMap<_, _> = events.deletions.iter().map(|d| (&*d.id, d.sure)).collect();
    // The jobs in the API, by the unique names of their files.
    let mut by_name: BTreeMap<String, Vec<(usize, Value)>> = BTreeMap::new();
    for (index, user) in users.iter().enumerate() {
        for job in end::all_jobs(&user.client) {
            let name = job["name"].as_str().unwrap_or_default().to_owned();
            by_name.entry(name).or_default().push((index, job));
        }
    }
    let mut known = BTreeSet::new();
    for upload in &events.uploads {
        let mut found = 0;
        // With the deleted ones.
        let mut of_upload = BTreeSet::new();
        for (at, (name, kind)) in upload.files.iter().enumerate() {
            let jobs = by_name.remove(name).unwrap_or_default();
            found += usize::from(!jobs.is_empty());
            if jobs.len() > 1 {
                let sentence = format!("{name} became {} jobs", jobs.len());
                verdict.duplicated.push(sentence);
            }
            let ids: Vec<_> = jobs.iter().map(|(_, job)| id_of(job)).collect();
            match &upload.answer {
                Answer::Accepted(accepted) => {
                    verdict.accepted += 1;
                    known.insert(accepted[at].clone());
                    of_upload.insert(accepted[at].clone());
                    match (ids.contains(&&*accepted[at]), deleted.get(&*accepted[at])) {
                        (false, None) => verdict.lost.push(format!("{name}, {}", accepted[at])),
                        (false, Some(_)) => verdict.deleted += 1,
                        (true, Some(true)) => {
                            let sentence = format!("{name}, {}, though deleted", accepted[at]);
                            verdict.left_over.push(sentence);
                        }
                        (true, _) => {}
                    }
                }
                Answer::Refused(status, code) => {
                    verdict.refused += 1;
                    for id in ids {
                        let sentence = format!("{name}, {id}, though refused with {status} {code}");
                        verdict.left_over.push(sentence);
                    }
                }
                Answer::None => {
                    verdict.unanswered += 1;
                    verdict.kept += u64::from(!jobs.is_empty());
                }
            }
            for (user, job) in &jobs {
                known.insert(id_of(job).to_owned());
                end::check(&users[*user].client, job, &samples[kind], &mut verdict);
                if !mails.iter().any(|mail| mail.contains(id_of(job))) {
                    let sentence = format!("the mail about {name}, {}", id_of(job));
                    verdict.lost.push(sentence);
                }
                of_upload.insert(id_of(job).to_owned());
            }
        }
        let about = mails.iter().filter(|mail| !mail.is_disjoint(&of_upload));
        let count = about.count();
        if count > 1 {
            let sentence = format!("{count} mails about the upload of {:?}", upload.files);
            verdict.duplicated.push(sentence);
        }
        if upload.answer == Answer::None && found != 0 && found != upload.files.len() {
            let names: Vec<_> = upload.files.iter().map(|(name, _)| name).collect();
            verdict
                .lost
                .push(format!("a part of an upload of {names:?}"));
        }
    }
    let unknown = by_name
        .keys()
        .map(|name| format!("{name}, which no client uploaded"));
    verdict.left_over.extend(unknown);
    for mail in mails.iter().filter(|mail| mail.is_disjoint(&known)) {
        let sentence = format!("a mail about {mail:?}, which are no jobs");
        verdict.left_over.push(sentence);
    }
    check_stores(world, &known, &deleted, &mut verdict);
    verdict
}

/// Checks that everything in the stores belongs to a job.
fn check_stores(
    world: &World,
    known: &BTreeSet<String>,
    deleted: &BTreeMap<&str, bool>,
    verdict: &mut Verdict,
) {
    let stores = quiet::collect_garbage(world);
    let owned = stores.owned(world);
    let over = stores.blobs.difference(&owned);
    verdict.left_over.extend(over.cloned());
    let short = owned.difference(&stores.blobs);
    verdict
        .lost
        .extend(short.map(|key| format!("the part {key}")));
    verdict.left_over.extend(stores.garbage.iter().cloned());
    for what in &stores.unfinished {
        verdict.left_over.push(what.clone());
    }
    for id in stores.jobs.keys().chain(&stores.listed) {
        if !known.contains(id) || deleted.get(&**id) == Some(&true) {
            verdict.left_over.push(format!("traces of the job {id}"));
        }
    }
}

fn id_of(job: &Value) -> &str {
    job["id"].as_str().unwrap_or_default()
}
