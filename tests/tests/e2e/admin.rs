//! Dead letters, seen to by an administrator.

use tonearm_e2e::app::{Setup, TestApp};
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mails_about;
use tonearm_e2e::{media, wait};

use crate::table::{expect, shown};

const LETTERS: &str = "/admin/dead-letters?queue=mp3";

/// A job whose email has become a dead letter: nobody listens where the email
/// API should be.
fn dead_email() -> (TestApp, Client, String) {
    let app = Setup::new()
        .variable("email_api_url", "http://127.0.0.1:9")
        .variable("email_max_attempts", 1)
        .start();
    let ada = app.user("ada");
    let fid = id(&ada.upload_file(&media::mp4().path)).to_owned();
    wait::until("the email to be given up", || {
        (ada.job(&fid)["mail"]["state"] == "failed").then_some(())
    });
    (app, ada, fid)
}

#[test]
fn a_requeued_email_reaches_its_user() {
    let (mut app, ada, fid) = dead_email();
    let admin = app.admin();
    let letters = admin.get(LETTERS);
    expect("the list", &letters, 200, "");
    let letters = letters.json();
    let letter = &letters["dead_letters"][0];
    assert_eq!(letter["id"], fid.as_str(), "{letters:#}");
    insta::assert_json_snapshot!(shown(&letters));

    let mailbox = app.mailbox();
    app.restart_with(&[("email_api_url", mailbox.as_str())]);
    let requeue = letter["links"]["requeue"].as_str().unwrap();
    expect("requeue", &admin.ask("POST", requeue).send(), 202, "");
    ada.mailed_job(&fid);
    assert_eq!(mails_about(&app.client(), &fid).len(), 1);
    assert!(
        admin.get(LETTERS).json()["dead_letters"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let again = admin.ask("POST", requeue).send();
    expect("requeue again", &again, 404, "no_such_dead_letter");
}

#[test]
fn a_dropped_dead_letter_is_gone() {
    let (mut app, _, fid) = dead_email();
    let admin = app.admin();
    let path = format!("/admin/dead-letters/{fid}?queue=mp3");
    assert_eq!(admin.delete(&path).status, 204);
    expect("again", &admin.delete(&path), 404, "no_such_dead_letter");
}

#[test]
fn to_users_there_is_nothing_to_administer() {
    let mut app = Setup::new().without_workers().start();
    let admin = app.admin();
    let eve = app.user("eve");
    let job = "/admin/dead-letters/0190a0b1-0000-7000-8000-000000000000";
    for (method, path) in [
        ("GET", "/admin"),
        ("GET", "/admin/dead-letters"),
        ("PUT", "/admin/dead-letters"),
        ("DELETE", job),
        ("POST", format!("{job}/requeue").as_str()),
    ] {
        let what = format!("{method} {path}");
        let refused = eve.ask(method, path).send();
        expect(&what, &refused, 404, "not_found");
        let nowhere = eve.ask(method, "/nowhere").send();
        let said = refused.text().replace(path, "/nowhere");
        assert_eq!(said, nowhere.text(), "{what}");
    }
    for (method, path, status, code) in [
        ("GET", "/admin", 404, "not_found"),
        ("GET", "/admin/dead-letters", 200, ""),
        ("PUT", "/admin/dead-letters", 405, "method_not_allowed"),
        ("GET", "/admin/dead-letters?queue=x", 400, "bad_parameter"),
        ("GET", "/admin/dead-letters?limit=0", 400, "bad_parameter"),
        ("GET", "/admin/dead-letters?before=x", 400, "bad_parameter"),
        (
            "GET",
            "/admin/dead-letters?before=%2B1-0",
            400,
            "bad_parameter",
        ),
        ("DELETE", job, 404, "no_such_dead_letter"),
        (
            "DELETE",
            "/admin/dead-letters/x",
            404,
            "no_such_dead_letter",
        ),
    ] {
        let reply = admin.ask(method, path).send();
        expect(&format!("{method} {path}"), &reply, status, code);
    }
}
