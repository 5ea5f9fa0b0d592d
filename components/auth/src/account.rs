//! What owners do with their accounts, and what the links of letters do.

use serde_json::{Value, json};
use tonearm_accounts::{Account, AccountsError, Caller, Database, Password, Publisher, Session};
use tonearm_jobs::rfc3339;
use tonearm_spin_runtime::reply::{self, Reply};

use crate::answer::Call;
use crate::request::fields;
use crate::route::session_id;
use crate::sign_in;

type Answer = Result<Reply, AccountsError>;

/// The same for every address, so that nobody learns which ones have an account.
const FORGOT: &str = "If the address has an account, an email with a link to set a new password \
                      is on its way.";
const NEW_ADDRESS: &str = "An email with a link to confirm the new address is on its way. Until \
                           you follow it, the old address stays.";

/// `GET /account`.
pub(crate) fn show<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    Ok(reply::json(200, &document(call, call.caller()?.account())))
}

/// `PATCH /account`.
pub(crate) fn change<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let wanted = fields(call.request)?.mails()?;
    let account = call.accounts.set_mails(caller.account(), wanted)?;
    Ok(reply::json(200, &document(call, &account)))
}

/// `DELETE /account`.
pub(crate) fn delete<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let password = checked(fields(call.request)?.password()?)?;
    call.accounts.delete(&caller, &password)?;
    eprintln!("deleted user={}", caller.account().id);
    Ok(reply::empty(204))
}

/// `POST /account/confirm`.
pub(crate) fn confirm<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let mut fields = fields(call.request)?;
    let (token, password) = (fields.token()?, checked(fields.password()?)?);
    let account = call.accounts.confirm(&token, &password)?;
    eprintln!("confirmed user={}", account.id);
    let text = "The address is confirmed. You can log in now.";
    Ok(call.document(200, &id_and_email(&account), "Address confirmed", text))
}

/// `POST /account/confirm/send`.
pub(crate) fn send_confirmation<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let account = caller.account();
    call.accounts.send_confirmation(account)?;
    if account.is_confirmed {
        let document = json!({ "email": account.email.as_str(), "state": "confirmed" });
        return Ok(reply::json(202, &document));
    }
    Ok(sign_in::requested(call, account.email.as_str()))
}

/// `POST /account/forgot`.
pub(crate) fn forgot<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    call.accounts.forgot(&fields(call.request)?.email()?)?;
    let document = json!({ "message": FORGOT });
    Ok(call.document(202, &document, "Look into your mailbox", FORGOT))
}

/// `POST /account/reset`.
pub(crate) fn reset<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let mut fields = fields(call.request)?;
    let (token, password) = (fields.token()?, fields.password()?);
    let account = call.accounts.reset(&token, password)?;
    eprintln!("reset the password user={}", account.id);
    let text = "The new password is set, and all devices are signed out.";
    Ok(call.document(200, &id_and_email(&account), "Password set", text))
}

/// `POST /account/password`: a new token, since the change revokes the request's.
pub(crate) fn change_password<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let mut fields = fields(call.request)?;
    let (password, new_password) = (checked(fields.password()?)?, fields.new_password()?);
    let account = call
        .accounts
        .change_password(&caller, &password, new_password)?;
    eprintln!("changed the password user={}", account.id);
    let session = match caller.session {
        Some(_) => Some(call.accounts.renew_session(&caller)?),
        None => None,
    };
    sign_in::answer_token(call, &account, session.as_ref())
}

/// `POST /account/email`.
pub(crate) fn change_address<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let mut fields = fields(call.request)?;
    let (email, password) = (fields.email()?, checked(fields.password()?)?);
    let email = call.accounts.change_address(&caller, &password, &email)?;
    let document = json!({ "email": email.as_str(), "message": NEW_ADDRESS });
    Ok(call.document(202, &document, "Look into your mailbox", NEW_ADDRESS))
}

/// `POST /account/email/confirm`.
pub(crate) fn confirm_new_address<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let token = fields(call.request)?.token()?;
    let account = call.accounts.confirm_new_address(&token)?;
    eprintln!("changed the address user={}", account.id);
    let text = "This is the address of your account now, and all devices are signed out.";
    Ok(call.document(200, &id_and_email(&account), "Address changed", text))
}

/// `POST /account/sign-out`.
pub(crate) fn sign_out<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    call.accounts.sign_out_everywhere(caller.account())?;
    eprintln!("signed out everywhere user={}", caller.account().id);
    Ok(reply::empty(204))
}

/// `GET /account/sessions`.
pub(crate) fn list_sessions<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let sessions = call.accounts.sessions(caller.account())?;
    let sessions: Vec<Value> = sessions.iter().map(|one| session(one, &caller)).collect();
    Ok(reply::json(200, &json!({ "sessions": sessions })))
}

/// `DELETE /account/sessions/ID`.
pub(crate) fn end_one_session<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let id = session_id(call.request.uri().path()).ok_or(AccountsError::SessionUnknown)?;
    call.accounts.end_session(caller.account(), id)?;
    Ok(reply::empty(204))
}

/// `DELETE /session`: ends the session of the request's token.
pub(crate) fn end_session<D: Database, P: Publisher>(call: &Call<'_, D, P>) -> Answer {
    let caller = call.caller()?;
    let id = caller
        .session
        .as_deref()
        .ok_or(AccountsError::NotOfSession)?;
    call.accounts.end_session(caller.account(), id)?;
    Ok(reply::empty(204))
}

/// A password that is to be checked. One that no account can have is wrong.
fn checked(text: zeroize::Zeroizing<String>) -> Result<Password, AccountsError> {
    Password::attempt(text).map_err(|_| AccountsError::PasswordWrong)
}

fn id_and_email(account: &Account) -> Value {
    json!({ "id": account.id, "email": account.email.as_str() })
}

fn document<D, P>(call: &Call<'_, D, P>, account: &Account) -> Value {
    json!({
        "id": account.id,
        "email": account.email.as_str(),
        "confirmed": account.is_confirmed,
        "admin": sign_in::is_admin(call, account),
        "mails": account.wants_mails,
        "created_at": seconds(account.created_at),
    })
}

fn session(session: &Session, caller: &Caller) -> Value {
    json!({
        "id": session.id,
        "created_at": seconds(session.created_at),
        "renewed_at": seconds(session.renewed_at),
        "expires_at": seconds(session.expires_at),
        "user_agent": session.user_agent,
        "current": caller.session.as_deref() == Some(&session.id),
    })
}

/// Unix seconds in RFC 3339.
fn seconds(time: u64) -> String {
    rfc3339(time.saturating_mul(1000))
}
