//! Pages for browsers without JavaScript: what their forms and links get in place of JSON.
//!
//! | request | answer |
//! |---|---|
//! | `GET /jobs` | a page with the jobs, which loads itself again while one is unfinished |
//! | `GET /jobs…`, `GET /download` without a valid token | 303 to the page that logs in |
//! | `POST /upload`, `/jobs/ID`, `/jobs/ID/convert` | 303 to `/jobs` |
//! | `POST /session` | 303 to `/` |
//! | anything that is refused | a page with the problem |
//!
//! Pages have neither scripts nor styles of their own. Browsers are those clients that
//! [prefer](prefers_html) HTML; others get what they always got.

use askama::Template;
use http::{HeaderValue, Method, header};
use serde::Deserialize;
use tonearm_jobs::{Job, JobId, State};
use tonearm_web::accept::prefers_html;
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::{self, Head};

use crate::jobs::has_ended;

const CSP: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";
/// Seconds after which the page of unfinished jobs loads itself again.
const RELOAD: &str = "5";

/// Whether the client of a request is a browser that shows a page.
pub(crate) fn is_wanted(head: &Head) -> bool {
    let media_type = request::header(head, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    // A form never sends JSON.
    !media_type.starts_with("application/json")
        && prefers_html(request::header(head, header::ACCEPT.as_str()))
}

/// The answer that a client gets: browsers get pages, and are led to them.
pub(crate) fn for_client(head: &Head, reply: Reply) -> Reply {
    if !is_wanted(head) {
        return reply;
    }
    let is_problem = reply
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == tonearm_problem::MEDIA_TYPE);
    match (is_problem, destination(head, reply.status().as_u16())) {
        (_, Some(path)) => see_other(reply, &path),
        (true, None) => of_problem(head, reply),
        (false, None) => reply,
    }
}

/// Where a browser goes after this answer, if it does.
fn destination(head: &Head, status: u16) -> Option<String> {
    let path = head.uri().path().trim_end_matches('/');
    let is_of_jobs = path == "/jobs" || path.starts_with("/jobs/");
    match (head.method(), status) {
        // A cookie that is `SameSite=Strict` is not sent after a click in a web mailer. The
        // page there asks again, and then it is.
        (&Method::GET, 401) if is_of_jobs || path.starts_with("/download") => {
            // `/jobs/ID`, and what lies below it.
            let below = path.strip_prefix("/jobs/");
            let in_path = below.and_then(|below| below.split('/').next());
            let id = in_path
                .map(str::to_owned)
                .or_else(|| request::query(head, "fid"));
            let id = id.and_then(|id| JobId::parse(&id));
            Some(id.map_or("/".to_owned(), |id| format!("/#/jobs/{id}")))
        }
        (&Method::POST, 202) if path == "/upload" || is_of_jobs => Some("/jobs".to_owned()),
        (&Method::POST, 204) if is_of_jobs => Some("/jobs".to_owned()),
        (&Method::POST, 201 | 204) if path == "/session" => Some("/".to_owned()),
        _ => None,
    }
}

/// 303 with the cookies of the answer.
fn see_other(answer: Reply, path: &str) -> Reply {
    let mut reply = reply::with(reply::empty(303), "location", path);
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        let cookie = cookie.clone();
        reply.headers_mut().append(header::SET_COOKIE, cookie);
    }
    let reply = reply::with(reply, "cache-control", "no-store");
    reply::with(reply, "vary", "accept")
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    title: &'a str,
    text: &'a str,
    back: &'a str,
}

/// A problem as a page, with the status and the headers that it has.
fn of_problem(head: &Head, mut answer: Reply) -> Reply {
    #[derive(Default, Deserialize)]
    struct Problem {
        title: String,
        detail: Option<String>,
    }
    let problem: Problem = serde_json::from_slice(answer.body()).unwrap_or_default();
    let status = answer.status().as_u16();
    let text = match (status, &problem.detail) {
        (401, _) if head.uri().path() != "/session" => "You are not logged in.",
        (_, Some(detail)) => detail,
        (_, None) => "",
    };
    let page = ProblemPage {
        title: &problem.title,
        text,
        back: match head.uri().path().starts_with("/jobs/") {
            true => "/jobs",
            false => "/",
        },
    };
    let page = rendered(status, &page);
    for (name, value) in page.headers() {
        answer.headers_mut().insert(name, value.clone());
    }
    page.map(|body| *answer.body_mut() = body);
    answer
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    jobs: Vec<Row>,
    next: Option<String>,
}

struct Row {
    id: String,
    name: String,
    state: String,
    download: Option<String>,
}

/// The page of jobs, which were queried with a limit of `limit`.
pub(crate) fn of_jobs(jobs: &[Job], limit: u32) -> Reply {
    let is_full = jobs.len() as u64 >= u64::from(limit);
    let last = jobs.last().filter(|_| is_full);
    let page = JobsPage {
        jobs: jobs.iter().map(row).collect(),
        next: last.map(|job| format!("/jobs?before={}&limit={limit}", job.id)),
    };
    let mut reply = rendered(200, &page);
    if !jobs.iter().all(has_ended) {
        let headers = reply.headers_mut();
        headers.insert(header::REFRESH, HeaderValue::from_static(RELOAD));
    }
    reply
}

fn row(job: &Job) -> Row {
    let id = job.id.to_string();
    Row {
        name: job.name.clone(),
        state: match (job.state, &job.error) {
            (State::Queued, _) => "waiting".to_owned(),
            (State::Converting, _) => format!("converting, {:.0} %", job.progress * 100.0),
            (State::Done, _) => "done".to_owned(),
            (State::Failed, Some(error)) => format!("failed: {}", error.message),
            (State::Failed, None) => "failed".to_owned(),
        },
        download: job.mp3.is_some().then(|| format!("/download?fid={id}")),
        id,
    }
}

fn rendered(status: u16, page: &impl Template) -> Reply {
    let html = page.render().unwrap_or_else(|error| {
        eprintln!("error: a page was not rendered: {error}");
        String::new()
    });
    let reply = reply::html(status, html);
    let reply = reply::with(reply, "content-security-policy", CSP);
    let reply = reply::with(reply, "referrer-policy", "same-origin");
    let reply = reply::with(reply, "cache-control", "no-store");
    reply::with(reply, "vary", "accept")
}
