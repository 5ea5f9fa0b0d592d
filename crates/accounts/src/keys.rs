//! The key that signs tokens, and the keys that are still published.
//!
//! The key is the operator's (variable `token_signing_key`) or, if that is
//! empty, one that the first request makes and SQLite keeps. A key stays
//! published until the last token it may have signed has expired, so that a
//! new key logs nobody out and old and new instances get along in a roll-out.

use tonearm_tokens::{KeySet, Signer};

use crate::AccountsError;
use crate::database::{Database, retrying, transaction};

/// By how much publishing is prolonged ahead of need, in seconds: one write an
/// hour instead of one a login.
const SLACK: u64 = 3600;

/// What auth signs with and publishes.
#[derive(Debug)]
pub struct Keys {
    /// Signs new tokens.
    pub signer: Signer,
    /// The signer's own key first, then those of tokens still about.
    pub published: KeySet,
    /// Whether the signer's key was made just now.
    pub made: bool,
}

/// The keys of the moment. `given` is the variable's value; tokens live for
/// `lifetime` seconds. A token may be handed out as soon as this returns: its
/// key is published until after it has expired.
///
/// # Errors
/// `Key` if `given` is no key, `Database`.
pub fn current<D: Database>(
    database: &D,
    given: &str,
    lifetime: u64,
    now: u64,
) -> Result<Keys, AccountsError> {
    let (signer, made) = if given.trim().is_empty() {
        kept_or_made(database, now)?
    } else {
        (Signer::parse(given)?, false)
    };
    let rows = retrying(database, |database| {
        Ok(database.execute(
            "SELECT kid, public, publish_until FROM signing_keys
             WHERE publish_until > ? ORDER BY created_at DESC, kid",
            &[now.into()],
        )?)
    })?;

    let mut published = signer.public();
    let mut own_until = 0;
    for row in &rows {
        if row.text(0)? == signer.kid() {
            own_until = row.number(2)?;
        } else {
            published = published.merged(KeySet::parse(row.text(1)?.as_bytes())?);
        }
    }
    if own_until < now.saturating_add(lifetime) {
        prolong(
            database,
            &signer,
            now.saturating_add(lifetime).saturating_add(SLACK),
            now,
        )?;
    }
    Ok(Keys {
        signer,
        published,
        made,
    })
}

/// The newest kept key, or a new one.
fn kept_or_made<D: Database>(database: &D, now: u64) -> Result<(Signer, bool), AccountsError> {
    let kept = |database: &D| -> Result<Option<Signer>, AccountsError> {
        let rows = database.execute(
            "SELECT secret FROM signing_keys WHERE secret IS NOT NULL
             ORDER BY created_at DESC, kid LIMIT 1",
            &[],
        )?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(Signer::parse(row.text(0)?)?))
    };
    if let Some(signer) = retrying(database, kept)? {
        return Ok((signer, false));
    }
    transaction(database, |database| {
        // Another instance may have been quicker.
        if let Some(signer) = kept(database)? {
            return Ok((signer, false));
        }
        let signer = Signer::generate();
        database.execute(
            "INSERT INTO signing_keys (kid, secret, public, created_at, publish_until)
             VALUES (?, ?, ?, ?, 0)",
            &[
                signer.kid().into(),
                signer.to_pem().as_str().into(),
                signer.public().to_json().as_str().into(),
                now.into(),
            ],
        )?;
        Ok((signer, true))
    })
}

fn prolong<D: Database>(
    database: &D,
    signer: &Signer,
    until: u64,
    now: u64,
) -> Result<(), AccountsError> {
    retrying(database, |database| {
        database.execute(
            "INSERT INTO signing_keys (kid, secret, public, created_at, publish_until)
             VALUES (?, NULL, ?, ?, ?)
             ON CONFLICT (kid) DO UPDATE
             SET publish_until = max(publish_until, excluded.publish_until)",
            &[
                signer.kid().into(),
                signer.public().to_json().as_str().into(),
                now.into(),
                until.into(),
            ],
        )?;
        Ok(())
    })
}
