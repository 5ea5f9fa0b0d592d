//! Sessions of browsers.
//!
//! A session lasts while it is renewed, up to a maximum. Its token is a JWT like any other
//! with the claim `sid`; the row here is what it can be ended by.

use std::time::Duration;

use uuid::Uuid;

use crate::account::{self, Account};
use crate::database::{Database, Row, retrying, transaction};
use crate::delivery::{Publisher, outbox};
use crate::{Accounts, AccountsError, Caller};

/// How many sessions an account has at most. The one used longest ago ends.
const MAX_SESSIONS: usize = 20;
const MAX_USER_AGENT_CHARS: usize = 200;

/// A session. Times are in Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// A UUIDv7, the claim `sid`.
    pub id: String,
    /// What the browser calls itself, cut to 200 characters.
    pub user_agent: String,
    /// When it began.
    pub created_at: u64,
    /// When it was renewed for the last time.
    pub renewed_at: u64,
    /// When it ends unless it is renewed.
    pub expires_at: u64,
}

const COLUMNS: &str = "id, user_agent, created_at, renewed_at, expires_at";

fn session(row: &Row) -> Result<Session, AccountsError> {
    Ok(Session {
        id: row.text(0)?.to_owned(),
        user_agent: row.text(1)?.to_owned(),
        created_at: row.number(2)?,
        renewed_at: row.number(3)?,
        expires_at: row.number(4)?,
    })
}

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Begins a session. `user_agent` is the request's header.
    ///
    /// # Errors
    /// `Unauthorized` if the account has changed or is gone since it was read; `Database`.
    pub fn begin_session(
        &self,
        account: &Account,
        user_agent: &str,
    ) -> Result<Session, AccountsError> {
        let session = Session {
            id: Uuid::now_v7().to_string(),
            user_agent: user_agent.chars().take(MAX_USER_AGENT_CHARS).collect(),
            created_at: self.now,
            renewed_at: self.now,
            expires_at: self.expiry(self.now),
        };
        transaction(self.database, |database| {
            let current = account::by_id(database, &account.id)?;
            if current.is_none_or(|current| current.account.version != account.version) {
                return Err(AccountsError::Unauthorized);
            }
            remove_expired(database, self.now)?;
            let present = read(database, &account.id)?;
            let excess = (present.len() + 1).saturating_sub(MAX_SESSIONS);
            for oldest in present.iter().take(excess) {
                remove(database, &oldest.id)?;
                outbox::ended_session(database, &account.id, &oldest.id, self.now)?;
            }
            database.execute(
                "INSERT INTO sessions
                     (id, account, user_agent, created_at, renewed_at, expires_at)
                 VALUES (?, ?, ?, ?, ?, ?)",
                &[
                    session.id.as_str().into(),
                    account.id.as_str().into(),
                    session.user_agent.as_str().into(),
                    session.created_at.into(),
                    session.renewed_at.into(),
                    session.expires_at.into(),
                ],
            )?;
            Ok(())
        })?;
        Ok(session)
    }

    /// Renews the session that the caller's token belongs to.
    ///
    /// # Errors
    /// `SessionUnknown` if the token is of none; `TokenRevoked` if the session ended
    /// meanwhile; `Database`.
    pub fn renew_session(&self, caller: &Caller) -> Result<Session, AccountsError> {
        let id = caller
            .session
            .as_deref()
            .ok_or(AccountsError::SessionUnknown)?;
        transaction(self.database, |database| {
            let current = read(database, &caller.account().id)?;
            let session = current
                .into_iter()
                .find(|session| session.id == id && session.expires_at > self.now)
                .ok_or(AccountsError::TokenRevoked)?;
            let renewed = Session {
                renewed_at: self.now,
                expires_at: self.expiry(session.created_at),
                ..session
            };
            database.execute(
                "UPDATE sessions SET renewed_at = ?, expires_at = ? WHERE id = ?",
                &[
                    renewed.renewed_at.into(),
                    renewed.expires_at.into(),
                    id.into(),
                ],
            )?;
            Ok(renewed)
        })
    }

    /// The sessions of an account, the latest used first.
    ///
    /// # Errors
    /// `Database`.
    pub fn sessions(&self, account: &Account) -> Result<Vec<Session>, AccountsError> {
        let mut sessions = retrying(self.database, |database| read(database, &account.id))?;
        sessions.retain(|session| session.expires_at > self.now);
        sessions.reverse();
        Ok(sessions)
    }

    /// Ends a session and revokes its token.
    ///
    /// # Errors
    /// `SessionUnknown`; `Publish` if Redis is away, and then the session goes on;
    /// `Database`.
    pub fn end_session(&self, account: &Account, id: &str) -> Result<(), AccountsError> {
        let sessions = self.sessions(account)?;
        let session = sessions.iter().find(|session| session.id == id);
        let session = session.ok_or(AccountsError::SessionUnknown)?;
        let lifetime = Duration::from_secs(self.rules.revocation_lifetime());
        self.publisher
            .end_session(&account.id, &session.id, lifetime)?;
        retrying(self.database, |database| remove(database, id))
    }

    /// When a session that began at `created_at` ends unless it is renewed after now.
    fn expiry(&self, created_at: u64) -> u64 {
        let unused = self.now.saturating_add(self.rules.session_lifetime);
        unused.min(created_at.saturating_add(self.rules.session_max))
    }
}

/// The sessions of an account, the one used longest ago first.
fn read(database: &impl Database, account: &str) -> Result<Vec<Session>, AccountsError> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE account = ? ORDER BY renewed_at, id");
    let rows = database.execute(&sql, &[account.into()])?;
    rows.iter().map(session).collect()
}

/// Whether there are sessions that have expired.
pub(crate) fn has_expired(database: &impl Database, now: u64) -> Result<bool, AccountsError> {
    let rows = database.execute(
        "SELECT 1 FROM sessions WHERE expires_at <= ? LIMIT 1",
        &[now.into()],
    )?;
    Ok(!rows.is_empty())
}

/// Removes the sessions that have expired. Part of a transaction.
pub(crate) fn remove_expired(database: &impl Database, now: u64) -> Result<(), AccountsError> {
    database.execute("DELETE FROM sessions WHERE expires_at <= ?", &[now.into()])?;
    Ok(())
}

fn remove(database: &impl Database, id: &str) -> Result<(), AccountsError> {
    database.execute("DELETE FROM sessions WHERE id = ?", &[id.into()])?;
    Ok(())
}
