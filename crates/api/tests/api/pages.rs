//! What browsers without JavaScript get: pages, and redirections after forms.

use std::time::Duration;

use tonearm_jobs::{Failure, State};

use crate::request::{Call, Form, Reply, call, get, upload};
use crate::world::{LIFETIME, UNKNOWN, World};

const CSP: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";

/// What browsers send with a link or a form.
fn browser(call: Call) -> Call {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    call.header("accept", accept)
}

#[track_caller]
fn assert_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status(), status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(reply.header("content-security-policy"), CSP);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("vary"), "accept");
    let text = reply.text();
    assert!(
        !text.contains("<script") && !text.contains("style="),
        "{text}"
    );
}

#[track_caller]
fn assert_goes_to(reply: &Reply, path: &str) {
    assert_eq!(
        (reply.status(), reply.header("location")),
        (303, path),
        "{reply:?}"
    );
    assert!(reply.body().is_empty());
}

fn jobs(world: &World) -> Reply {
    browser(get("/jobs")).of(world, "ada").send(world)
}

#[test]
fn the_jobs_are_a_page() {
    let world = World::new();
    assert_page(&jobs(&world), 200);
    assert!(jobs(&world).text().contains("There are none."));
    let done = world.add_mp3("ada", b"mp3");
    let failed = world.add_job("ada", |job| {
        job.state = State::Failed;
        job.error = Some(Failure::new("x", "The file has no audio track."));
    });
    let page = jobs(&world);
    assert_page(&page, 200);
    let text = page.text();
    assert!(
        text.contains(&format!("href=\"/download?fid={done}\"")),
        "{text}"
    );
    assert!(!text.contains(&format!("/download?fid={failed}")), "{text}");
    assert!(
        text.contains("failed: The file has no audio track."),
        "{text}"
    );
    assert!(
        text.contains(&format!("action=\"/jobs/{failed}\"")),
        "{text}"
    );
    assert_eq!(page.header("refresh"), "", "nothing changes any more");
    world.add_job("ada", |job| {
        (job.state, job.progress) = (State::Converting, 0.41)
    });
    let page = jobs(&world);
    assert!(page.text().contains("converting, 41 %"), "{}", page.text());
    assert_eq!(page.header("refresh"), "5");
    let json = get("/jobs").of(&world, "ada").send(&world);
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(json.header("vary"), "accept");
}

#[test]
fn the_page_of_jobs_leads_to_older_ones() {
    let world = World::new();
    let ids: Vec<_> = (0..3).map(|_| world.add_mp3("ada", b"mp3")).collect();
    let page = browser(get("/jobs?limit=2")).of(&world, "ada").send(&world);
    let next = format!("/jobs?before={}&amp;limit=2", ids[1]);
    let numeric = next.replace("&amp;", "&#38;");
    let text = page.text();
    assert!(text.contains(&next) || text.contains(&numeric), "{text}");
}

#[test]
fn names_are_text_and_never_markup() {
    let world = World::new();
    let names = [
        "<script>alert(1)</script>.mp4",
        "\"><img src=x onerror=alert(1)>.mp4",
        "' onmouseover='alert(1).mp4",
        "&lt;b&gt;.mp4",
        "{{ id }}.mp4",
    ];
    for name in names {
        world.add_job("ada", |job| {
            name.clone_into(&mut job.name);
            job.state = State::Failed;
            job.error = Some(Failure::new("x", name));
        });
    }
    let text = jobs(&world).text();
    for markup in ["<script", "<img", "onmouseover='", "&lt;b&gt;.mp4</td>"] {
        assert!(!text.contains(markup), "{markup}: {text}");
    }
    assert!(text.contains("{{ id }}.mp4"), "{text}");
    let form = Form::file("<script>alert(1)</script>.mp4", b"");
    let refused = browser(upload(&form)).of(&world, "ada").send(&world);
    assert_page(&refused, 400);
}

#[test]
fn a_refusal_is_a_page_with_its_status_and_headers() {
    let world = World::new();
    let none = browser(get("/nowhere%3Cscript%3E")).send(&world);
    assert_page(&none, 404);
    assert!(
        none.text().contains("<h1>Not found</h1>"),
        "{}",
        none.text()
    );
    let method = browser(call("PUT", "/jobs")).of(&world, "ada").send(&world);
    assert_page(&method, 405);
    assert_eq!(method.header("allow"), "GET, HEAD");
    let waiting = world.add_job("ada", |_| {});
    let path = format!("/download?fid={waiting}");
    let early = browser(get(&path)).of(&world, "ada").send(&world);
    assert_page(&early, 409);
    assert_eq!(early.header("retry-after"), "5");
    let form = browser(upload(&Form::new())).of(&world, "ada").send(&world);
    assert_page(&form, 400);
    assert!(form.text().contains("<a href=\"/\">Back</a>"));
    let stranger = browser(upload(&Form::file("a.mp4", b"a"))).send(&world);
    assert_page(&stranger, 401);
    assert!(stranger.text().contains("You are not logged in."));
    assert_eq!(get("/nowhere").send(&world).code(), "not_found");
}

/// A click in a web mailer has no cookie.
#[test]
fn a_link_of_a_browser_that_is_not_logged_in_leads_to_the_page() {
    let world = World::new();
    let id = world.add_mp3("ada", b"mp3");
    let page = format!("/#/jobs/{id}");
    for (path, to) in [
        (format!("/download?fid={id}"), page.as_str()),
        (format!("/jobs/{id}"), page.as_str()),
        (format!("/jobs/{id}/events"), page.as_str()),
        ("/jobs".to_owned(), "/"),
        ("/download?fid=https://evil.example".to_owned(), "/"),
        (format!("/jobs/{UNKNOWN}/convert/x"), ""),
    ] {
        let reply = browser(get(&path)).send(&world);
        match to {
            "" => assert_page(&reply, 404),
            to => assert_goes_to(&reply, to),
        }
        assert_eq!(
            get(&path).send(&world).status() / 100,
            4,
            "{path}: programs get a problem"
        );
    }
    let late = browser(get(&format!("/download?fid={id}"))).of(&world, "ada");
    world.advance(Duration::from_secs(LIFETIME + 60));
    assert_goes_to(&late.send(&world), &page);
}

#[test]
fn forms_lead_to_the_page_with_their_result() {
    let world = World::new();
    let uploaded = browser(upload(&Form::file("a.mp4", b"a")).of(&world, "ada"));
    assert_goes_to(&uploaded.send(&world), "/jobs");
    let id = world.add_mp3("ada", b"mp3");
    let delete = call("POST", &format!("/jobs/{id}")).of(&world, "ada");
    let delete = delete.header("content-type", "application/x-www-form-urlencoded");
    let delete = delete.body("method=delete");
    assert_goes_to(&browser(delete.clone()).send(&world), "/jobs");
    assert!(!world.contents().jobs.contains_key(&id));
    let again = browser(delete).send(&world);
    assert_page(&again, 404);
    assert!(again.text().contains("<a href=\"/jobs\">Back</a>"));
}

#[test]
fn a_program_that_can_only_post_deletes_too() {
    let world = World::new();
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-http-method-override", "DELETE"),
    ] {
        let id = world.add_mp3("ada", b"mp3");
        let call = call("POST", &format!("/jobs/{id}")).of(&world, "ada");
        let body = if name == "content-type" {
            "{\"method\":\"DELETE\"}"
        } else {
            ""
        };
        let reply = call.header(name, value).body(body).send(&world);
        assert_eq!(reply.status(), 204, "{name}");
    }
}

#[test]
fn a_form_begins_and_ends_a_session() {
    let world = World::new();
    let form = |body: &str| {
        let call = call("POST", "/session").header("sec-fetch-site", "same-origin");
        let call = call.header("host", "localhost:3000");
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        browser(call.body(body))
    };
    let begun = form("email=ada%40example.org&password=x").send(&world);
    assert_goes_to(&begun, "/");
    assert!(begun.header("set-cookie").contains("tonearm="), "{begun:?}");
    let cookie = begun
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let ended = form("method=delete").header("cookie", &cookie).send(&world);
    assert_goes_to(&ended, "/");
    assert!(
        ended.header("set-cookie").contains("Max-Age=0"),
        "{ended:?}"
    );
    let last = world.auth_requests.borrow().last().cloned().unwrap();
    assert_eq!(
        (last.method().as_str(), last.uri().path()),
        ("DELETE", "/auth/session")
    );
}
