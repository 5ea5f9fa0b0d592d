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

/// All emails to this address.
pub fn mails_to(client: &Client, address: &str) -> Vec<Value> {
    let to = |mail: &Value| mail["to"].as_str().is_some_and(|to| to.contains(address));
    mails(client).into_iter().filter(to).collect()
}

/// Waits until `count` emails to this address are there, and returns the latest.
pub fn nth_mail_to(client: &Client, address: &str, count: usize) -> Value {
    wait::until(&format!("email {count} to {address}"), || {
        let mut found = mails_to(client, address);
        found.sort_by_key(|mail| mail["received_at"].to_string());
        (found.len() >= count).then(|| found.swap_remove(count - 1))
    })
}

/// The token of the link in an email.
pub fn link_token(mail: &Value) -> String {
    let text = mail["text"].as_str().expect("a text");
    let (_, rest) = text.split_once("?token=").expect("a link with a token");
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    rest.chars().take_while(|c| is_part(*c)).collect()
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
