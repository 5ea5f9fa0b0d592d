//! Changing the password.

use tonearm_letters::Event;
use zeroize::Zeroizing;

use super::{Accounts, salt_of};
use crate::database::{Database, transaction};
use crate::delivery::{Publisher, letters};
use crate::password::hash;
use crate::{Account, AccountsError, Caller, Kind, Password, account};

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Changes the caller's password, revokes all tokens, and ends all sessions but the
    /// caller's. Returns the account, for a new token.
    ///
    /// A registration keeps its password: whoever registered the address of somebody else
    /// could otherwise try out one password after another on its user.
    ///
    /// # Errors
    /// `AddressUnconfirmed`, `Password`, `PasswordWrong`, `Throttled`; `Publish` if Redis is
    /// away, and then nothing has changed; `Letter`, `Hash`, `Database`.
    pub fn change_password(
        &self,
        caller: &Caller,
        password: &Password,
        new_password: Zeroizing<String>,
    ) -> Result<Account, AccountsError> {
        let account = caller.account();
        if account.kind == Kind::Registration {
            return Err(AccountsError::AddressUnconfirmed);
        }
        let key = self.rules.notice_key()?;
        let new_password = Password::choose(new_password, &account.email)
            .map_err(AccountsError::about_new_password)?;
        self.check_password(&caller.stored, password)?;
        let salt = salt_of(self.database, &account.email, self.now)?;
        let new = hash::make(&new_password, salt.as_deref())?;
        self.revoke_tokens(account)?;
        transaction(self.database, |database| {
            let current =
                account::by_id(database, &account.id)?.ok_or(AccountsError::TokenRevoked)?;
            if current.hash != caller.stored.hash {
                // Another request has changed it meanwhile.
                return Err(AccountsError::PasswordWrong);
            }
            let kept = caller.session.as_deref();
            let version = store(database, &current.account, &new, kept, self.now)?;
            let event = Event::PasswordChanged;
            letters::tell_owner(database, key, &current.account, event, self.now)?;
            // Not the version as it is now: a later revocation must revoke this token too.
            Ok(Account {
                version,
                ..current.account
            })
        })
    }
}

/// Stores a new password hash, and removes what the former password gave access to. Returns
/// the version of new tokens. Part of a transaction.
pub(crate) fn store(
    database: &impl Database,
    account: &Account,
    hash: &str,
    kept_session: Option<&str>,
    now: u64,
) -> Result<u64, AccountsError> {
    database.execute(
        "UPDATE users SET password_hash = ? WHERE id = ?",
        &[hash.into(), account.id.as_str().into()],
    )?;
    super::revoke::remove_access(database, &account.id, kept_session)?;
    super::revoke::revoke_again(database, &account.id, now)
}
