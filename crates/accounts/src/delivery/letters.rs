//! Writing letters: sealed at once, posted by the outbox, and few to one address.
//!
//! A request that must not reveal whether an address has an account calls [`post`] in any
//! case. Without a recipient, or above the limit, it does the same work and posts nothing.

use tonearm_letters::{Event, Letter, SealingKey};
use uuid::Uuid;

use crate::database::{Database, Value};
use crate::delivery::outbox;
use crate::{Account, AccountsError, Email, digest};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// How many letters of an event one recipient gets: `count` within `seconds`.
struct Limit {
    count: u64,
    seconds: u64,
}

/// The limit of letters that strangers can cause. Letters about what the owner did have none.
fn limit(event: &Event) -> Option<Limit> {
    let (count, seconds) = match event {
        Event::ConfirmAddress { .. } | Event::AddressTaken => (1, DAY),
        Event::ResetPassword { .. } => (3, HOUR),
        Event::ConfirmNewAddress { .. } => (3, DAY),
        Event::PasswordChanged | Event::AddressChanged | Event::AccountDeleted => return None,
    };
    Some(Limit { count, seconds })
}

/// Whether `email` may get another letter of this event.
pub(crate) fn may_post(
    database: &impl Database,
    email: &Email,
    event: &Event,
    now: u64,
) -> Result<bool, AccountsError> {
    let Some(limit) = limit(event) else {
        return Ok(true);
    };
    let since = now.saturating_sub(limit.seconds);
    Ok(count(database, &recipient(email), event, since)? < limit.count)
}

/// Writes a letter to `email`, or, if it is not to be `sent`, only does the work. Part of the
/// transaction of its cause.
///
/// The caller has asked [`may_post`], and made the link of the event.
pub(crate) fn post(
    database: &impl Database,
    key: &SealingKey,
    email: &Email,
    event: Event,
    sent: bool,
    now: u64,
) -> Result<(), AccountsError> {
    if limit(&event).is_some() {
        record(
            database,
            &recipient(email),
            &event,
            if sent { now } else { 0 },
            now,
        )?;
    }
    let id = Uuid::now_v7().to_string();
    let letter = Letter {
        to: email.as_str().to_owned(),
        event,
    };
    let sealed = key.seal(&id, &letter).map_err(AccountsError::Letter)?;
    outbox::letter(database, &id, &sealed, sent, now)
}

/// Tells the owner of an account what was done with it, if the address is confirmed and there
/// is a key. Part of the transaction of the change.
pub(crate) fn tell_owner(
    database: &impl Database,
    key: Option<&SealingKey>,
    account: &Account,
    event: Event,
    now: u64,
) -> Result<(), AccountsError> {
    match key.filter(|_| account.is_confirmed) {
        Some(key) => post(database, key, &account.email, event, true, now),
        None => Ok(()),
    }
}

/// Counts letters that `account` causes, for a limit of its own.
pub(crate) fn take_turn(
    database: &impl Database,
    account: &str,
    event: &Event,
    count_of_day: u64,
    now: u64,
) -> Result<(), AccountsError> {
    let recipient = cause(account);
    let since = now.saturating_sub(DAY);
    if count(database, &recipient, event, since)? >= count_of_day {
        return Err(AccountsError::LettersThrottled(DAY));
    }
    record(database, &recipient, event, now, now)
}

/// Forgets which letters an address got. Part of a transaction.
pub(crate) fn forget(database: &impl Database, email: &Email) -> Result<(), AccountsError> {
    remove(database, &recipient(email))
}

/// Forgets which letters an account has caused. Part of a transaction.
pub(crate) fn forget_turns(database: &impl Database, account: &str) -> Result<(), AccountsError> {
    remove(database, &cause(account))
}

fn remove(database: &impl Database, recipient: &str) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM sent_letters WHERE recipient = ?",
        &[recipient.into()],
    )?;
    Ok(())
}

fn count(
    database: &impl Database,
    recipient: &str,
    event: &Event,
    since: u64,
) -> Result<u64, AccountsError> {
    let parameters: [Value; 3] = [recipient.into(), event.name().into(), since.into()];
    let rows = database.execute(
        "SELECT count(*) FROM sent_letters WHERE recipient = ? AND event = ? AND sent_at > ?",
        &parameters,
    )?;
    Ok(rows.first().map_or(Ok(0), |row| row.number(0))?)
}

fn record(
    database: &impl Database,
    recipient: &str,
    event: &Event,
    sent_at: u64,
    now: u64,
) -> Result<(), AccountsError> {
    remove_old(database, now)?;
    database.execute(
        "INSERT INTO sent_letters (recipient, event, sent_at) VALUES (?, ?, ?)",
        &[recipient.into(), event.name().into(), sent_at.into()],
    )?;
    Ok(())
}

/// Whether [`remove_old`] would remove anything.
pub(crate) fn has_old(database: &impl Database, now: u64) -> Result<bool, AccountsError> {
    let rows = database.execute(
        "SELECT 1 FROM sent_letters WHERE sent_at <= ? LIMIT 1",
        &[now.saturating_sub(DAY).into()],
    )?;
    Ok(!rows.is_empty())
}

/// Removes what counts for no limit any more.
pub(crate) fn remove_old(database: &impl Database, now: u64) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM sent_letters WHERE sent_at <= ?",
        &[now.saturating_sub(DAY).into()],
    )?;
    Ok(())
}

/// What stands for an account in the place of a recipient.
fn cause(account: &str) -> String {
    digest::hex("account", account)
}

fn recipient(email: &Email) -> String {
    digest::hex("letter", &email.lookup())
}
