//! The end of one job, as its user sees it.

use serde_json::Value;
use tonearm_e2e::client::Client;
use tonearm_e2e::mp3::{Decoded, FRAME};

use crate::check::Verdict;
use crate::media_kinds::Sample;

/// Every job of a user.
pub fn all_jobs(client: &Client) -> Vec<Value> {
    let mut jobs = Vec::new();
    let mut path = "/jobs?limit=100".to_owned();
    loop {
        let reply = client.get(&path);
        assert_eq!(reply.status, 200, "{reply}");
        let page = reply.json();
        jobs.extend(page["jobs"].as_array().into_iter().flatten().cloned());
        match page["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return jobs,
        }
    }
}

/// Checks that the job has ended as its file requires.
pub fn check(client: &Client, job: &Value, sample: &Sample, verdict: &mut Verdict) {
    let (id, name) = (&job["id"], &job["name"]);
    if job["mail"]["state"] != "sent" {
        verdict.stuck.push(format!("the mail about {name}: {job}"));
    }
    match (job["state"].as_str(), sample.end) {
        (Some("done"), Ok(seconds)) => {
            verdict.done += 1;
            if let Err(reason) = complete(client, job, seconds) {
                verdict
                    .lost
                    .push(format!("the MP3 of {name}, {id}: {reason}"));
            }
        }
        (Some("failed"), Err(code)) if job["error"]["code"] == code => verdict.failed += 1,
        (Some("done" | "failed"), wanted) => {
            verdict
                .lost
                .push(format!("{name} should have ended with {wanted:?}: {job}"));
        }
        _ => verdict.stuck.push(format!("{name}: {job}")),
    }
}

/// Downloads the MP3 and decodes it with an independent decoder.
fn complete(client: &Client, job: &Value, seconds: f64) -> Result<(), String> {
    let path = format!("/download?fid={}", job["id"].as_str().unwrap_or_default());
    let reply = client.ask("GET", &path).try_send();
    let reply = reply.map_err(|error| format!("no download: {error}"))?;
    if reply.status != 200 {
        return Err(format!("no download: {}", reply.status));
    }
    if job["mp3"]["size"] != reply.body.len() {
        return Err(format!(
            "{} bytes of {}",
            reply.body.len(),
            job["mp3"]["size"]
        ));
    }
    let mp3 = Decoded::of(&reply.body);
    let frames = mp3.xing.as_ref().and_then(|xing| xing.frames);
    if frames.map(|frames| frames as usize) != Some(mp3.frames) {
        return Err(format!("{} frames of {frames:?}", mp3.frames));
    }
    // Within a frame; AAC in MP4 may add one of its own.
    let plays = mp3.trimmed()[0].len() as f64 / f64::from(mp3.rate);
    if (plays - seconds).abs() > 2.0 * FRAME as f64 / f64::from(mp3.rate) {
        return Err(format!("it plays for {plays:.3} s of {seconds:.3} s"));
    }
    Ok(())
}
