//! Revoking the tokens of an account.

use super::Accounts;
use crate::database::{Database, transaction};
use crate::delivery::{Publisher, links, outbox};
use crate::{Account, AccountsError, account};

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Revokes all tokens of an account, everywhere, and returns the version of the new ones.
    ///
    /// It comes before the change that demands it, so that a change that is accepted has no
    /// valid token of the time before. The version is committed before it is published: if
    /// one of the two steps is the last, new tokens are valid in any case.
    ///
    /// A login with the former password may come between this and the change, and get a
    /// token of the new version. So the change calls [`revoke_again`].
    ///
    /// # Errors
    /// `Publish` if Redis is away: the tokens are valid still, except at auth itself.
    /// `TokenRevoked` if the account is gone; `Database`.
    pub(crate) fn revoke_tokens(&self, account: &Account) -> Result<u64, AccountsError> {
        let version = transaction(self.database, |database| {
            raise_version(database, &account.id)
        })?;
        self.publisher
            .revoke_tokens(&account.id, version, self.now)?;
        Ok(version)
    }

    /// Signs the account out everywhere.
    ///
    /// # Errors
    /// `Publish` if Redis is away: nothing is signed out. `Database`.
    pub fn sign_out_everywhere(&self, account: &Account) -> Result<(), AccountsError> {
        self.revoke_tokens(account)?;
        transaction(self.database, |database| {
            remove_sessions(database, &account.id, None)
        })
    }
}

/// Revokes the tokens that were issued since [`Accounts::revoke_tokens`], and returns the
/// version of the new ones. Part of the transaction of the change that demands it.
pub(crate) fn revoke_again(
    database: &impl Database,
    account: &str,
    now: u64,
) -> Result<u64, AccountsError> {
    let version = raise_version(database, account)?;
    outbox::revoked(database, account, version, now)?;
    Ok(version)
}

fn raise_version(database: &impl Database, account: &str) -> Result<u64, AccountsError> {
    for table in ["users", "registrations"] {
        database.execute(
            &format!("UPDATE {table} SET token_version = token_version + 1 WHERE id = ?"),
            &[account.into()],
        )?;
    }
    let current = account::by_id(database, account)?;
    Ok(current.ok_or(AccountsError::TokenRevoked)?.account.version)
}

/// Removes what an account could be taken over with after a change: its links, and its
/// sessions except one. Part of a transaction.
pub(crate) fn remove_access(
    database: &impl Database,
    account: &str,
    kept_session: Option<&str>,
) -> Result<(), AccountsError> {
    links::remove_of_account(database, account)?;
    remove_sessions(database, account, kept_session)
}

fn remove_sessions(
    database: &impl Database,
    account: &str,
    kept: Option<&str>,
) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM sessions WHERE account = ? AND id <> ?",
        &[account.into(), kept.unwrap_or_default().into()],
    )?;
    Ok(())
}
