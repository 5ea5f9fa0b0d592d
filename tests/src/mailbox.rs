//! Emails to users, as recorded by the local email API.

use serde_json::Value;

use crate::client::Client;
use crate::wait;

/// All emails.
pub fn mails(client: &Client) -> Vec<Value> {
    let reply = client
        .ask("GET", "/mailbox/emails")
        .header("accept", "application/json")
        .send();
    assert_eq!(reply.status, 200, "{reply}");
    let all = reply.json();
    let all = all.as_array().or_else(|| all["emails"].as_array());
    all.unwrap_or_else(|| panic!("no list of emails: {reply}"))
        .clone()
}

/// All emails that mention this id.
pub fn mails_about(client: &Client, id: &str) -> Vec<Value> {
    mails(client)
        .into_iter()
        .filter(|mail| mail.to_string().contains(id))
        .collect()
}

/// Waits for an email that mentions this id.
pub fn mail_about(client: &Client, id: &str) -> Value {
    wait::until(&format!("an email about {id}"), || {
        mails_about(client, id).pop()
    })
}
