//! What the owner of an account may set without a password.

use super::Accounts;
use crate::database::{Database, transaction};
use crate::delivery::{Publisher, outbox};
use crate::{Account, AccountsError, Kind};

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Sets whether mails about jobs are wanted.
    ///
    /// # Errors
    /// `Database`.
    pub fn set_mails(&self, account: &Account, wanted: bool) -> Result<Account, AccountsError> {
        let table = account.kind.table();
        transaction(self.database, |database| {
            database.execute(
                &format!("UPDATE {table} SET mails = ? WHERE id = ?"),
                &[u64::from(wanted).into(), account.id.as_str().into()],
            )?;
            // A registration gets no mails about jobs in any case.
            match account.kind {
                Kind::User => outbox::recipient(database, &account.id, self.now),
                Kind::Registration => Ok(()),
            }
        })?;
        Ok(Account {
            wants_mails: wanted,
            ..account.clone()
        })
    }

    /// Publishes that an account whose address is not confirmed gets no mails. Confirmation
    /// may have been off when it registered.
    ///
    /// # Errors
    /// `Database`.
    pub fn withhold_mails(&self, account: &Account) -> Result<(), AccountsError> {
        if account.is_confirmed
            || account.kind == Kind::Registration
            || !self.rules.confirm_addresses
        {
            return Ok(());
        }
        transaction(self.database, |database| {
            outbox::recipient(database, &account.id, self.now)
        })
    }
}
