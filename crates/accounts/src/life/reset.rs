//! Forgotten passwords.

use tonearm_letters::Event;
use zeroize::Zeroizing;

use super::{Accounts, salt_of};
use crate::database::{Database, transaction};
use crate::delivery::links::{self, LinkToken, NewLink, Purpose};
use crate::delivery::{Publisher, letters};
use crate::password::hash;
use crate::throttle::{self, Target};
use crate::{Account, AccountsError, Email, Password, account};

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Sends the link that sets a new password, if the address has a confirmed user and not
    /// too many such links. The work is always the same.
    ///
    /// # Errors
    /// `Email`, `Letter`, `Database`.
    pub fn forgot(&self, email: &str) -> Result<(), AccountsError> {
        let key = self.rules.sealing_key()?;
        let email = Email::parse(email)?;
        transaction(self.database, |database| {
            let owner = account::confirmed_owner(database, &email)?;
            let event = |token: &str| Event::ResetPassword {
                token: token.to_owned(),
                valid_seconds: Purpose::Reset.lifetime(),
            };
            let sent =
                letters::may_post(database, &email, &event(""), self.now)? && owner.is_some();
            let new_link = NewLink {
                purpose: Purpose::Reset,
                account: owner.as_ref().map(|owner| owner.id.as_str()),
                email: owner.as_ref().map_or(&email, |owner| &owner.email),
                hash: None,
                works: sent,
            };
            let token = links::create(database, &new_link, self.now)?;
            let event = event(token.as_str());
            letters::post(database, key, new_link.email, event, sent, self.now)
        })
    }

    /// Sets a new password for the user whom the link was sent to, and revokes all tokens.
    ///
    /// # Errors
    /// `LinkInvalid`; `Password`, and then the link keeps working; `Publish` if Redis is
    /// away, and then nothing has changed; `Letter`, `Hash`, `Database`.
    pub fn reset(
        &self,
        token: &LinkToken,
        password: Zeroizing<String>,
    ) -> Result<Account, AccountsError> {
        let key = self.rules.notice_key()?;
        let link = links::find(self.database, Purpose::Reset, token, self.now)?;
        let id = link.account.ok_or(AccountsError::LinkInvalid)?;
        let stored = account::by_id(self.database, &id)?.ok_or(AccountsError::LinkInvalid)?;
        let password = Password::choose(password, &stored.account.email)?;
        let salt = salt_of(self.database, &stored.account.email, self.now)?;
        let new = hash::make(&password, salt.as_deref())?;
        self.revoke_tokens(&stored.account)?;
        transaction(self.database, |database| {
            links::take(database, Purpose::Reset, token, self.now)?;
            let account = account::by_id(database, &id)?
                .ok_or(AccountsError::LinkInvalid)?
                .account;
            super::change_password::store(database, &account, &new, None, self.now)?;
            // The only way in for an owner whose address strangers keep blocked.
            throttle::forget(database, Target::Address(&account.email))?;
            if let Some(key) = key {
                let event = Event::PasswordChanged;
                letters::post(database, key, &account.email, event, true, self.now)?;
            }
            Ok(account)
        })
    }
}
