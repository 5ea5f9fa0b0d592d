//! Deleting an account.

use tonearm_letters::Event;

use super::Accounts;
use crate::account::Stored;
use crate::database::{Database, transaction};
use crate::delivery::{Publisher, letters, links, outbox};
use crate::throttle::{self, Target};
use crate::{Account, AccountsError, Caller, Kind, Password, account};

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Deletes the caller's account with all that belongs to it.
    ///
    /// # Errors
    /// `PasswordWrong`, `Throttled`; `Publish` if Redis is away, and then nothing has
    /// changed; `Letter`, `Hash`, `Database`.
    pub fn delete(&self, caller: &Caller, password: &Password) -> Result<(), AccountsError> {
        let key = self.rules.notice_key()?;
        self.check_password(&caller.stored, password)?;
        self.revoke_tokens(caller.account())?;
        transaction(self.database, |database| {
            let Some(Stored { account, .. }) = account::by_id(database, &caller.account().id)?
            else {
                return Err(AccountsError::TokenRevoked);
            };
            remove(database, &account, self.now)?;
            letters::tell_owner(database, key, &account, Event::AccountDeleted, self.now)
        })
    }
}

impl<D: Database, P> Accounts<'_, D, P> {
    /// Removes what is left of deleted rows in the write-ahead log, unless another connection
    /// reads it at the moment.
    pub fn erase(&self) {
        let _ = self
            .database
            .execute("PRAGMA wal_checkpoint(TRUNCATE)", &[]);
    }
}

/// Removes an account and all that belongs to it, and has its jobs deleted. Part of a
/// transaction.
pub(crate) fn remove(
    database: &impl Database,
    account: &Account,
    now: u64,
) -> Result<(), AccountsError> {
    let id = account.id.as_str();
    let table = account.kind.table();
    database.execute(&format!("DELETE FROM {table} WHERE id = ?"), &[id.into()])?;
    super::revoke::remove_access(database, id, None)?;
    database.execute("DELETE FROM outbox WHERE account = ?", &[id.into()])?;
    links::remove_expired(database, now)?;
    // The link of a registration stays: it is sent once a day, and the owner of the address
    // may register meanwhile.
    if account.kind == Kind::User && account::is_without_accounts(database, &account.email)? {
        links::remove_confirming(database, &account.email)?;
    }
    throttle::forget(database, Target::Account(id))?;
    letters::forget_turns(database, id)?;
    // A stranger may register an address and delete the account again. That must not reset
    // how many letters the address gets. How often a password was tried on the address is
    // left in any case, or those who try learn that there was an account. Both are hashes of
    // the address, which the sweep removes after a day and an hour.
    if account.is_confirmed {
        letters::forget(database, &account.email)?;
    }
    outbox::deleted(database, id, now)
}
