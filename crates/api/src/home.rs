//! `GET /` where the website is not deployed: the instructions, as text.

use tonearm_web::{reply, request};

use crate::answer::{Answer, Call};
use crate::{Error, Platform};

/// The text that the website has for programs.
pub(crate) fn show<'p, P: Platform>(call: &Call<'p, P>) -> Result<Answer<'p, P>, Error> {
    let text = tonearm_site::instructions(request::header(call.head, "host"));
    Ok(Answer::Complete(reply::text(200, text)))
}
