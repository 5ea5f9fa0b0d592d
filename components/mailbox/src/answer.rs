//! The response of each route.

use serde_json::json;
use tonearm_mail::Received;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_spin_runtime::request::{self, Head};

use crate::error::MailboxError;
use crate::mail::Mail;
use crate::page;
use crate::route::Route;
use crate::store::Store;

/// Serves `route`.
pub(crate) fn answer(route: &Route, head: &Head, body: &[u8]) -> Result<Reply, MailboxError> {
    match route {
        Route::Take => take(head, body),
        Route::List => Ok(reply::json(200, &json!({ "emails": list(head)? }))),
        Route::One(id) => Ok(reply::json(200, &Store::open()?.one(id)?)),
        Route::Clear => {
            Store::open()?.clear()?;
            Ok(reply::empty(204))
        }
        Route::Page => page::page(head, &list(head)?),
    }
}

fn take(head: &Head, body: &[u8]) -> Result<Reply, MailboxError> {
    let mail = Received::parse(body, request::header(head, "idempotency-key"))?;
    let id = Store::open()?.keep(&mail)?;
    println!("mail {id} to {}: {}", mail.to, mail.subject);
    Ok(reply::json(202, &json!({ "id": id })))
}

/// All emails, or those to the address in the query.
fn list(head: &Head) -> Result<Vec<Mail>, MailboxError> {
    let mut mails = Store::open()?.all()?;
    if let Some(to) = request::query(head, "to") {
        let to = to.to_ascii_lowercase();
        mails.retain(|mail| mail.content.to_address() == to);
    }
    Ok(mails)
}
