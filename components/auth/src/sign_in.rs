//! Registering, logging in, and sessions.

use serde_json::{Value, json};
use tonearm_accounts::{
    Account, AccountsError, Database, Kind, Publisher, Registered, Session, login,
};
use tonearm_jobs::rfc3339;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_tokens::{Claims, Subject, Terms};
use tonearm_web::accept::prefers_json;

use crate::answer::Call;
use crate::request::{credentials, header};

/// The same for every address, so that nobody learns which ones have an account.
const REQUESTED: &str = "An email with a link to confirm the address is on its way, unless it \
                         was sent within the last day.";

/// `POST /register`.
pub(crate) fn register<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
) -> Result<Reply, AccountsError> {
    match call.accounts.register(credentials(call.request)?)? {
        Registered::User(user) => {
            eprintln!("registered user={}", user.id);
            let document = json!({ "id": user.id, "email": user.email.as_str() });
            Ok(call.document(201, &document, "Registered", "You can log in now."))
        }
        Registered::Requested(email) => {
            eprintln!("registration requested");
            Ok(requested(call, email.as_str()))
        }
    }
}

/// The answer to a request for a link that confirms an address.
pub(crate) fn requested<D: Database, P: Publisher>(call: &Call<'_, D, P>, email: &str) -> Reply {
    let document = json!({ "email": email, "state": "unconfirmed", "message": REQUESTED });
    call.document(202, &document, "Look into your mailbox", REQUESTED)
}

/// `POST /login`.
pub(crate) fn log_in<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
) -> Result<Reply, AccountsError> {
    answer_token(call, &authenticated(call)?, None)
}

/// `POST /session`.
pub(crate) fn begin_session<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
) -> Result<Reply, AccountsError> {
    let account = authenticated(call)?;
    let user_agent = header(call.request, "user-agent").unwrap_or_default();
    let session = call.accounts.begin_session(&account, user_agent)?;
    let token = token(call, &account, Some(&session))?;
    eprintln!("began session={} user={}", session.id, account.id);
    Ok(reply::json(
        201,
        &session_token(call, &account, &session, &token),
    ))
}

/// The account of the request's credentials.
fn authenticated<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
) -> Result<Account, AccountsError> {
    let accounts = &call.accounts;
    let account = login(accounts.database, credentials(call.request)?, accounts.now)?;
    accounts.withhold_mails(&account)?;
    Ok(account)
}

/// `POST /session/renew`: a new token for the session of the request's.
pub(crate) fn renew_session<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
) -> Result<Reply, AccountsError> {
    let caller = call.caller()?;
    let session = call.accounts.renew_session(&caller)?;
    let token = token(call, caller.account(), Some(&session))?;
    Ok(reply::json(
        200,
        &session_token(call, caller.account(), &session, &token),
    ))
}

fn session_token<D, P>(
    call: &Call<'_, D, P>,
    account: &Account,
    session: &Session,
    token: &str,
) -> Value {
    json!({
        "account": account.id,
        "email": account.email.as_str(),
        "expires_at": rfc3339(session.expires_at.saturating_mul(1000)),
        "expires_in": session.expires_at.saturating_sub(call.accounts.now),
        "token": token,
        "token_type": "Bearer",
    })
}

/// A new token, as the client prefers it. With a session it is that of the session.
pub(crate) fn answer_token<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
    account: &Account,
    session: Option<&Session>,
) -> Result<Reply, AccountsError> {
    let token = token(call, account, session)?;
    if prefers_json(header(call.request, "accept")) {
        let expires_in = lifetime(call, session);
        let body = json!({ "token": token, "token_type": "Bearer", "expires_in": expires_in });
        return Ok(reply::json(200, &body));
    }
    // No trailing newline: not every client strips it, as $(…) does.
    Ok(reply::with(
        reply::text(200, token),
        "cache-control",
        "no-store",
    ))
}

/// Whether the account is an administrator. Registrations never are: anybody can have one.
pub(crate) fn is_admin<D, P>(call: &Call<'_, D, P>, account: &Account) -> bool {
    let listed = call.config.admins.contains(&account.id);
    account.kind == Kind::User && (account.is_admin || listed)
}

fn lifetime<D, P>(call: &Call<'_, D, P>, session: Option<&Session>) -> u64 {
    session.map_or(call.config.rules.token_lifetime, |session| {
        session.expires_at.saturating_sub(call.accounts.now)
    })
}

fn token<D: Database, P: Publisher>(
    call: &Call<'_, D, P>,
    account: &Account,
    session: Option<&Session>,
) -> Result<String, AccountsError> {
    let terms = Terms {
        issuer: &call.config.issuer,
        audience: &call.config.audience,
        now: call.accounts.now,
        lifetime: lifetime(call, session),
    };
    let subject = Subject {
        id: &account.id,
        email: account.email.as_str(),
        is_admin: is_admin(call, account),
        // Without confirmation every user may get mails.
        is_confirmed: account.is_confirmed
            || (account.kind == Kind::User && !call.config.rules.confirm_addresses),
        version: account.version,
        session: session.map(|session| session.id.as_str()),
    };
    let claims = Claims::new(&subject, &terms);
    let token = call.keys()?.signer.sign(&claims)?;
    eprintln!("issued token={} user={}", claims.jti, account.id);
    Ok(token)
}
