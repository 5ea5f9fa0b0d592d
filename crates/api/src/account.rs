//! `/account`: what users do with their accounts, forwarded to auth.
//!
//! The gateway verifies the token, as on every route, and auth does so again. Auth gets
//! the token as a Bearer token and knows nothing of cookies.

use http::StatusCode;
use tonearm_tokens::Claims;
use tonearm_web::reply::{self, Reply};

use crate::answer::{Answer, Call};
use crate::auth_proxy::{self, AuthRequest};
use crate::credential::Credential;
use crate::session::{self, SessionToken, SessionView};
use crate::{Error, Platform};

/// What a client gets of an answer of auth.
type Finish<P> = fn(&Call<'_, P>, Credential<'_>, Reply) -> Reply;

/// Forwards a request without a body.
pub(crate) fn forward<'p, P: Platform>(
    call: &Call<'p, P>,
    _: Claims,
) -> Result<Answer<'p, P>, Error> {
    send(call, for_client)
}

/// Forwards a request with its body.
pub(crate) fn forward_with_body<'p, P: Platform>(
    call: &Call<'p, P>,
    _: Claims,
) -> Result<Answer<'p, P>, Error> {
    read_body_and_send(call, for_client)
}

/// `POST /account/password`: the new token goes into the cookie of a session.
pub(crate) fn change_password<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    let (request, credential) = request(call)?;
    if !credential.is_cookie() {
        return forward_with_body(call, user);
    }
    let call = *call;
    let request = request.accepting_json();
    Ok(auth_proxy::read_body_and_send(
        call.platform,
        request,
        move |reply| {
            if reply.status() != StatusCode::OK {
                return Ok(for_client(&call, credential, reply));
            }
            let token = SessionToken::parse(&reply)?;
            let view = SessionView {
                account: &user.sub,
                email: &user.username,
                expires_at: session::expires_at(call.platform, &token),
            };
            let cookie = token.cookie(call.platform, call.head)?;
            Ok(session::with_cookie(reply::json(200, &view), cookie))
        },
    ))
}

/// `POST /account/sign-out`: ends the session of the request with all others.
pub(crate) fn sign_out<'p, P: Platform>(
    call: &Call<'p, P>,
    _: Claims,
) -> Result<Answer<'p, P>, Error> {
    send(call, ended)
}

/// `DELETE /account`: ends the session of the request with the account.
pub(crate) fn delete<'p, P: Platform>(
    call: &Call<'p, P>,
    _: Claims,
) -> Result<Answer<'p, P>, Error> {
    read_body_and_send(call, ended)
}

/// `DELETE /account/sessions/ID`, which may be the session of the request.
pub(crate) fn end_session<'p, P: Platform>(
    call: &Call<'p, P>,
    user: Claims,
) -> Result<Answer<'p, P>, Error> {
    match user.session.as_deref() == Some(call.id) {
        true => send(call, ended),
        false => send(call, for_client),
    }
}

/// Sends a request without a body, and answers what `finish` makes of the reply.
fn send<'p, P: Platform>(call: &Call<'p, P>, finish: Finish<P>) -> Result<Answer<'p, P>, Error> {
    let (request, credential) = request(call)?;
    let reply = request.send(call.platform, Vec::new())?;
    Ok(Answer::Complete(finish(call, credential, reply)))
}

/// The same for a request with a body.
fn read_body_and_send<'p, P: Platform>(
    call: &Call<'p, P>,
    finish: Finish<P>,
) -> Result<Answer<'p, P>, Error> {
    let (request, credential) = request(call)?;
    let call = *call;
    Ok(auth_proxy::read_body_and_send(
        call.platform,
        request,
        move |reply| Ok(finish(&call, credential, reply)),
    ))
}

/// The request to auth, with the token of the client's.
fn request<'p, P: Platform>(
    call: &Call<'p, P>,
) -> Result<(AuthRequest<'p>, Credential<'p>), Error> {
    let credential = Credential::of(call.platform, call.head)?;
    let request = AuthRequest::of(call.head).with_token(credential.token());
    Ok((request, credential))
}

fn for_client<P: Platform>(call: &Call<'_, P>, credential: Credential<'_>, reply: Reply) -> Reply {
    match credential {
        Credential::Cookie(_) => session::without_password_window(call.head, reply),
        Credential::Bearer(_) => reply,
    }
}

/// Deletes the cookie if the request has ended its session.
fn ended<P: Platform>(call: &Call<'_, P>, credential: Credential<'_>, reply: Reply) -> Reply {
    match credential.is_cookie() && reply.status().is_success() {
        true => session::without_cookie(call.platform, call.head, reply),
        false => for_client(call, credential, reply),
    }
}
