//! Where emails go, and who gets none.

use std::time::Duration;

use crate::redis::{Connection, LEASE, RedisServer, connect, file, uploader};
use crate::uploads::{about, claim_mail, convert_next, get, send, upload};
use tonearm_account_state::{AccountState, Recipient};
use tonearm_jobs::{Accepted, JobId, Jobs, MailState, Queue};
use tonearm_test_tools::require_redis;

fn set(server: &RedisServer, email: &str, is_confirmed: bool, wants_mails: bool) {
    let state = AccountState::new(server.connect());
    let recipient = Recipient {
        email: email.to_owned(),
        is_confirmed,
        wants_mails,
    };
    state.set_recipient("u1", &recipient).unwrap();
}

/// Accepts a file of somebody who may or may not get emails.
fn accept(jobs: &Jobs<Connection>, notify: bool, is_confirmed: bool) -> JobId {
    let mut uploader = uploader();
    (uploader.notify, uploader.is_confirmed) = (notify, is_confirmed);
    let file = file();
    jobs.stage(&[&file.blob], LEASE).unwrap();
    let accepted = jobs.accept(&uploader, std::slice::from_ref(&file), 9);
    assert_eq!(accepted.unwrap(), Accepted::All);
    file.id
}

fn skipped(jobs: &Jobs<Connection>) -> i64 {
    let counters = jobs.metrics().unwrap().counters;
    counters.get("mails_skipped").copied().unwrap_or(0)
}

#[test]
fn a_mail_goes_to_the_address_that_the_account_has_now() {
    let server = require_redis!();
    let jobs = connect(&server);
    for (number, is_confirmed) in [(1, false), (2, true)] {
        upload(&jobs, 1);
        convert_next(&jobs);
        let address = format!("ada-{number}@example.org");
        set(&server, &address, is_confirmed, true);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!((mail.to, mail.is_confirmed), (address, is_confirmed));
    }
}

#[test]
fn without_a_recorded_address_the_job_decides() {
    let server = require_redis!();
    let jobs = connect(&server);
    // The hash of an account may have other facts alone.
    let state = AccountState::new(server.connect());
    state.revoke_tokens("u1", 3, 5).unwrap();
    for is_confirmed in [false, true] {
        accept(&jobs, true, is_confirmed);
        convert_next(&jobs);
        let mail = claim_mail(&jobs).unwrap();
        assert_eq!(mail.to, "ada@example.org");
        assert_eq!(mail.is_confirmed, is_confirmed);
        send(&jobs, &mail);
    }
    let id = accept(&jobs, false, false);
    convert_next(&jobs);
    assert_eq!(get(&jobs, id).mail, Some(MailState::Skipped));
    assert_eq!(claim_mail(&jobs), None);
    assert_eq!(skipped(&jobs), 1);
}

#[test]
fn a_job_that_ended_while_its_owner_was_unconfirmed_gets_no_mail_later() {
    let server = require_redis!();
    let jobs = connect(&server);
    let before = accept(&jobs, false, false);
    let after = accept(&jobs, false, false);
    convert_next(&jobs);
    set(&server, "ada@example.org", true, true);
    assert_eq!(claim_mail(&jobs), None);
    assert_eq!(get(&jobs, before).mail, Some(MailState::Skipped));
    convert_next(&jobs);
    let mail = claim_mail(&jobs).unwrap();
    assert_eq!(about(&mail), [after]);
}

#[test]
fn mails_that_are_turned_off_before_they_are_sent_are_not_sent() {
    let server = require_redis!();
    let (jobs, redis) = (connect(&server), server.connect());
    let ids = upload(&jobs, 3);
    for _ in 0..3 {
        assert_eq!(claim_mail(&jobs), None);
        convert_next(&jobs);
    }
    // Also if an attempt has failed before.
    let mail = claim_mail(&jobs).unwrap();
    let failure = tonearm_jobs::Failure::new("x", "X.");
    let _ = jobs.retry_later(&mail.claim, &failure, LEASE).unwrap();
    set(&server, "ada@example.org", true, false);
    redis.expire_all("tonearm:queue:mp3:leases");
    assert_eq!(claim_mail(&jobs), None);
    for id in ids {
        let job = get(&jobs, id);
        assert_eq!(job.mail, Some(MailState::Skipped));
        assert_eq!(job.mail_error, None);
    }
    assert_eq!(skipped(&jobs), 3);
    assert_eq!(redis.count("XLEN", "tonearm:queue:mp3"), 0);
    assert_eq!(redis.count("ZCARD", "tonearm:queue:mp3:leases"), 0);
}

#[test]
fn mails_that_are_turned_off_before_the_last_file_ends_are_not_sent() {
    let server = require_redis!();
    let jobs = connect(&server);
    let ids = upload(&jobs, 2);
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None);
    set(&server, "ada@example.org", true, false);
    convert_next(&jobs);
    assert_eq!(claim_mail(&jobs), None);
    for id in ids {
        assert_eq!(get(&jobs, id).mail, Some(MailState::Skipped));
    }
}

#[test]
fn a_deleted_account_gets_no_mail() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = upload(&jobs, 1)[0];
    convert_next(&jobs);
    let state = AccountState::new(server.connect());
    state.delete("u1", Duration::from_secs(9)).unwrap();
    assert_eq!(claim_mail(&jobs), None);
    assert_eq!(get(&jobs, id).mail, Some(MailState::Skipped));
}

#[test]
fn a_requeued_job_gets_a_mail_although_its_first_was_skipped() {
    let server = require_redis!();
    let jobs = connect(&server);
    let id = accept(&jobs, false, false);
    let claimed = crate::redis::claim(&jobs, Queue::Convert, LEASE);
    let failure = tonearm_jobs::Failure::new("x", "X.");
    let _ = jobs.failed(&claimed, &failure, &[], Some(LEASE)).unwrap();
    assert_eq!(get(&jobs, id).mail, Some(MailState::Skipped));
    set(&server, "ada@example.org", true, true);
    jobs.requeue(Queue::Convert, id).unwrap();
    assert_eq!(get(&jobs, id).mail, None);
    convert_next(&jobs);
    let mail = claim_mail(&jobs).unwrap();
    send(&jobs, &mail);
    assert_eq!(get(&jobs, id).mail, Some(MailState::Sent));
}
