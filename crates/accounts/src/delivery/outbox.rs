//! The outbox: what is still to be published, committed with the change that causes it.

use std::time::Duration;

use tonearm_account_state::Recipient;
use uuid::Uuid;

use crate::account::{self, Kind};
use crate::database::{Database, Row, Value, retrying};
use crate::delivery::Publisher;
use crate::{AccountsError, DatabaseError, Rules};

/// How many rows a request publishes at most.
const BATCH: usize = 16;
/// How often a recipient that changes meanwhile is published again.
const MAX_ROUNDS: usize = 8;

/// Adds a letter, or a row that costs as much and posts nothing.
pub(crate) fn letter(
    database: &impl Database,
    id: &str,
    sealed: &str,
    sent: bool,
    now: u64,
) -> Result<(), AccountsError> {
    let kind = if sent { "letter" } else { "nothing" };
    insert(database, id, kind, None, Some(sealed), now)
}

/// Has the recipient of an account's mails published.
pub(crate) fn recipient(
    database: &impl Database,
    account: &str,
    now: u64,
) -> Result<(), AccountsError> {
    insert(database, &new_id(), "recipient", Some(account), None, now)
}

/// Has the tokens of a session revoked.
pub(crate) fn ended_session(
    database: &impl Database,
    account: &str,
    session: &str,
    now: u64,
) -> Result<(), AccountsError> {
    insert(
        database,
        &new_id(),
        "session",
        Some(account),
        Some(session),
        now,
    )
}

/// Has the tokens of an account below `version` revoked.
pub(crate) fn revoked(
    database: &impl Database,
    account: &str,
    version: u64,
    now: u64,
) -> Result<(), AccountsError> {
    let version = version.to_string();
    insert(
        database,
        &new_id(),
        "revoke",
        Some(account),
        Some(&version),
        now,
    )
}

/// Has a deleted account's tokens revoked and its jobs deleted.
pub(crate) fn deleted(
    database: &impl Database,
    account: &str,
    now: u64,
) -> Result<(), AccountsError> {
    insert(database, &new_id(), "delete", Some(account), None, now)
}

fn new_id() -> String {
    Uuid::now_v7().to_string()
}

fn insert(
    database: &impl Database,
    id: &str,
    kind: &str,
    account: Option<&str>,
    body: Option<&str>,
    now: u64,
) -> Result<(), AccountsError> {
    database.execute(
        "INSERT INTO outbox (id, kind, account, body, created_at) VALUES (?, ?, ?, ?, ?)",
        &[
            id.into(),
            kind.into(),
            account.into(),
            body.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Publishes what is in the outbox, the oldest first. Returns how many rows.
///
/// # Errors
/// `Publish` at the first row that cannot be published; it and the later ones stay.
pub fn deliver<D: Database>(
    database: &D,
    publisher: &impl Publisher,
    rules: &Rules,
) -> Result<usize, AccountsError> {
    let rows = retrying(database, |database| {
        Ok(database.execute(
            // A row of another kind is from a later release, which publishes it.
            "SELECT id, kind, account, body, created_at FROM outbox
             WHERE kind IN ('letter', 'nothing', 'session', 'delete', 'recipient', 'revoke')
             ORDER BY created_at, id LIMIT ?",
            &[Value::from(BATCH as u64)],
        )?)
    })?;
    for row in &rows {
        publish(database, publisher, rules, row)?;
        retrying(database, |database| {
            database.execute("DELETE FROM outbox WHERE id = ?", &[row.text(0)?.into()])?;
            Ok(())
        })?;
    }
    Ok(rows.len())
}

fn publish<D: Database>(
    database: &D,
    publisher: &impl Publisher,
    rules: &Rules,
    row: &Row,
) -> Result<(), AccountsError> {
    let lifetime = Duration::from_secs(rules.revocation_lifetime());
    match row.text(1)? {
        "letter" => publisher.post_letter(row.text(0)?, row.text(3)?)?,
        "nothing" => publisher.post_nothing(row.text(0)?, row.text(3)?)?,
        "revoke" => {
            let version = row.text(3)?.parse().map_err(|_| {
                DatabaseError::Other("a version in the outbox is no number".to_owned())
            })?;
            publisher.revoke_tokens(row.text(2)?, version, row.number(4)?)?;
        }
        "session" => publisher.end_session(row.text(2)?, row.text(3)?, lifetime)?,
        "delete" => publisher.delete_account(row.text(2)?, lifetime)?,
        "recipient" => publish_recipient(database, publisher, rules, row.text(2)?)?,
        other => return Err(DatabaseError::Other(format!("an outbox row of kind {other}")).into()),
    }
    Ok(())
}

/// Publishes the recipient as it is now, and again if it changed meanwhile: another request
/// may have published the newer one before.
fn publish_recipient<D: Database>(
    database: &D,
    publisher: &impl Publisher,
    rules: &Rules,
    id: &str,
) -> Result<(), AccountsError> {
    let mut published = None;
    for _ in 0..MAX_ROUNDS {
        let current = current_recipient(database, rules, id)?;
        if published == Some(current.clone()) {
            return Ok(());
        }
        match &current {
            Some(recipient) => publisher.set_recipient(id, recipient)?,
            None if published.is_none() => return Ok(()),
            None => {
                let lifetime = Duration::from_secs(rules.revocation_lifetime());
                publisher.delete_account(id, lifetime)?;
            }
        }
        published = Some(current);
    }
    Ok(())
}

fn current_recipient<D: Database>(
    database: &D,
    rules: &Rules,
    id: &str,
) -> Result<Option<Recipient>, AccountsError> {
    let stored = account::by_id(database, id)?.map(|stored| stored.account);
    let user = stored.filter(|account| account.kind == Kind::User);
    Ok(user.map(|user| Recipient {
        email: user.email.as_str().to_owned(),
        is_confirmed: user.is_confirmed,
        wants_mails: user.wants_mails && (user.is_confirmed || !rules.confirm_addresses),
    }))
}
