//! The mail that users got, as the local email API keeps it.

use serde_json::Value;

use crate::client::Client;
use crate::wait;

/// Every mail there is.
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

/// Every mail that speaks of this id.
pub fn mails_about(client: &Client, id: &str) -> Vec<Value> {
    mails(client)
        .into_iter()
        .filter(|mail| mail.to_string().contains(id))
        .collect()
}

/// Waits for the mail about this id.
pub fn mail_about(client: &Client, id: &str) -> Value {
    wait::until(&format!("an email about {id}"), || {
        mails_about(client, id).pop()
    })
}
