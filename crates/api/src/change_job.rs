//! What users change of a job: `PATCH /jobs/ID` renames it, `POST /jobs/ID/convert` converts it
//! again, and `POST /jobs/ID` deletes it for a form.

use tonearm_jobs::{Again, Job, JobId};
use tonearm_options::{OptionError, Options, RequestedOptions};
use tonearm_tokens::{Claims, TokenError};
use tonearm_web::reply::{self, Reply};
use tonearm_web::request::Head;
use tonearm_web::{file_name, request, trace};

use crate::answer::{Answer, Call};
use crate::fields::{Fields, bad};
use crate::limits::{self, Limits};
use crate::view::JobView;
use crate::{Error, JobQueue, Platform, body, jobs};

/// `PATCH /jobs/ID`, with the field `name`. The name is cleaned like that of an
/// upload; a slash becomes a dash.
pub(crate) fn rename<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let call = *call;
    let id = JobId::parse(call.id).ok_or(Error::NoSuchJob)?;
    Ok(body::read_whole(move |body| {
        let name = name_in(&Fields::parse(call.head, &body)?)?;
        let queue = call.platform.queue()?;
        if !queue.rename(id, &user.sub, &name)? {
            return Err(Error::NoSuchJob);
        }
        show(200, &jobs::find(&queue, call.id, &user.sub)?)
    }))
}

/// `POST /jobs/ID` with `method=delete`, because a form of HTML can only POST. Programs may name
/// the method in `X-HTTP-Method-Override`.
pub(crate) fn post<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let call = *call;
    Ok(body::read_whole(move |body| {
        let fields = Fields::parse(call.head, &body)?;
        let header = request::header(call.head, "x-http-method-override");
        let method = header.or(fields.get("method")).unwrap_or_default();
        match method.eq_ignore_ascii_case("delete") {
            true => jobs::delete_now(&call, &user),
            false => Err(bad("method", "it must be delete.")),
        }
    }))
}

fn name_in(fields: &Fields) -> Result<String, Error> {
    if let Some((unknown, _)) = fields.0.iter().find(|(name, _)| name != "name") {
        return Err(bad(unknown, "there is no such field. The field is name."));
    }
    let name = fields.get("name").unwrap_or_default();
    if name.trim().is_empty() {
        return Err(bad("name", "it must be a name of 1 to 180 characters."));
    }
    // Whoever types a slash means no folder.
    Ok(file_name::clean(&name.replace(['/', '\\'], "-")))
}

/// `POST /jobs/ID/convert`, with options in the query and the body. Those that are not given
/// have their defaults.
pub(crate) fn convert<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let call = *call;
    let id = JobId::parse(call.id).ok_or(Error::NoSuchJob)?;
    let most = Limits::read(call.platform)?.active_jobs;
    Ok(body::read_whole(move |body| {
        let options = options(call.platform, call.head, &body)?;
        let traceparent = trace::parent(request::header(call.head, "traceparent"));
        let queue = call.platform.queue()?;
        match queue.convert_again(id, &user.sub, &options, most, &traceparent)? {
            Again::Queued => {}
            Again::NoSuchJob => return Err(Error::NoSuchJob),
            Again::VideoGone => return Err(Error::VideoGone),
            Again::Unfinished => return Err(Error::StillConverting),
            Again::TooManyActive => return Err(Error::TooManyJobs(most)),
            Again::NoSuchOwner => return Err(TokenError::Revoked.into()),
        }
        println!("{id}: converted again traceparent={traceparent}");
        show(202, &jobs::find(&queue, call.id, &user.sub)?)
    }))
}

fn options<P: Platform>(platform: &P, head: &Head, body: &[u8]) -> Result<Options, Error> {
    let refused = |error: OptionError| Error::OptionAgain(error);
    let mut requested = RequestedOptions::default();
    for (name, value) in request::query_pairs(head) {
        requested.set(&name, &value).map_err(refused)?;
    }
    if !body.is_empty() {
        for (name, value) in &Fields::parse(head, body)?.0 {
            requested.set(name, value).map_err(refused)?;
        }
    }
    let defaults = limits::defaults(platform)?;
    requested.resolve(&defaults).map_err(refused)
}

fn show(status: u16, job: &Job) -> Result<Reply, Error> {
    Ok(reply::json(status, &JobView::from(job)))
}
