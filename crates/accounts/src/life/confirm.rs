//! Confirming the address of a registration.

use super::Accounts;
use crate::database::{Database, transaction};
use crate::delivery::links::{self, LinkToken, Purpose};
use crate::delivery::{Publisher, outbox};
use crate::password::hash;
use crate::{Account, AccountsError, Kind, Password, account};

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Makes the account with this password the user of the address that the link was sent
    /// to.
    ///
    /// The password decides between the registrations of the address, so the owner of a
    /// mailbox never confirms the password of somebody else.
    ///
    /// # Errors
    /// `LinkInvalid`; `PasswordWrong` if no registration has this password, and then the link
    /// keeps working; `Hash`, `Database`.
    pub fn confirm(
        &self,
        token: &LinkToken,
        password: &Password,
    ) -> Result<Account, AccountsError> {
        let link = links::find(self.database, Purpose::Confirm, token, self.now)?;
        // Without the throttle of logins: strangers could block the owner by it. The link
        // itself allows ten tries.
        let stored = account::of_address(self.database, &link.email)?;
        let hashes: Vec<&str> = stored.iter().map(|stored| stored.hash.as_str()).collect();
        let found = hash::matching(password, &hashes)?.and_then(|index| stored.get(index));
        let Some(found) = found else {
            transaction(self.database, |database| links::count_try(database, token))?;
            return Err(AccountsError::PasswordWrong);
        };
        transaction(self.database, |database| {
            let link = links::take(database, Purpose::Confirm, token, self.now)?;
            let current = account::of_address(database, &link.email)?;
            // Another request may have confirmed or changed one of them meanwhile.
            let is_there = current
                .iter()
                .any(|stored| stored.account.id == found.account.id && stored.hash == found.hash);
            let owner = current
                .iter()
                .find(|stored| stored.account.kind == Kind::User);
            if !is_there || owner.is_some_and(|owner| owner.account.is_confirmed) {
                return Err(AccountsError::LinkInvalid);
            }
            if let Some(other) = owner.filter(|owner| owner.account.id != found.account.id) {
                super::delete::remove(database, &other.account, self.now)?;
            }
            self.make_user(database, &found.account.id)?;
            links::remove_confirming(database, &link.email)?;
            outbox::recipient(database, &found.account.id, self.now)
        })?;
        let confirmed = account::by_id(self.database, &found.account.id)?;
        Ok(confirmed.ok_or(AccountsError::LinkInvalid)?.account)
    }

    /// Moves a registration to the users, or marks a user, as confirmed.
    fn make_user(&self, database: &D, id: &str) -> Result<(), AccountsError> {
        database.execute(
            "INSERT INTO users (id, email, email_key, password_hash, token_version, mails, created_at)
             SELECT id, email, email_key, password_hash, token_version, mails, created_at
             FROM registrations WHERE id = ?",
            &[id.into()],
        )?;
        database.execute("DELETE FROM registrations WHERE id = ?", &[id.into()])?;
        database.execute(
            "UPDATE users SET confirmed_at = ? WHERE id = ?",
            &[self.now.into(), id.into()],
        )?;
        Ok(())
    }
}
