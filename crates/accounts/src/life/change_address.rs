//! Changing the address.

use tonearm_letters::Event;

use super::{Accounts, salt_of};
use crate::database::{Database, transaction};
use crate::delivery::links::{self, LinkToken, NewLink, Purpose};
use crate::delivery::{Publisher, letters, outbox};
use crate::password::hash;
use crate::{Account, AccountsError, Caller, Email, Kind, Password, account};

/// How many links to new addresses an account can cause in a day.
const MAX_LINKS_OF_DAY: u64 = 5;

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Sends a link to the address that the caller's account is to have. If the address has
    /// a confirmed user, that user gets a letter instead; the caller learns neither.
    ///
    /// # Errors
    /// `AddressUnconfirmed`, `Email`, `PasswordWrong`, `Throttled`, `LettersThrottled`,
    /// `Letter`, `Hash`, `Database`.
    pub fn change_address(
        &self,
        caller: &Caller,
        password: &Password,
        email: &str,
    ) -> Result<Email, AccountsError> {
        let account = caller.account();
        if account.kind == Kind::Registration {
            return Err(AccountsError::AddressUnconfirmed);
        }
        let key = self.rules.sealing_key()?;
        let email = Email::parse(email)?;
        if email.lookup() == account.email.lookup() {
            return Err(AccountsError::Email(
                "The account has this address already.",
            ));
        }
        self.check_password(&caller.stored, password)?;
        // All accounts of an address have one salt, and only now the password is at hand.
        let salt = salt_of(self.database, &email, self.now)?;
        let new = hash::make(password, salt.as_deref())?;
        transaction(self.database, |database| {
            let event = |token: &str| Event::ConfirmNewAddress {
                token: token.to_owned(),
                valid_seconds: Purpose::NewAddress.lifetime(),
            };
            letters::take_turn(
                database,
                &account.id,
                &event(""),
                MAX_LINKS_OF_DAY,
                self.now,
            )?;
            let owner = account::confirmed_owner(database, &email)?;
            let draft = match owner {
                Some(_) => Event::AddressTaken,
                None => event(""),
            };
            let sent = letters::may_post(database, &email, &draft, self.now)?;
            let new_link = NewLink {
                purpose: Purpose::NewAddress,
                account: Some(&account.id),
                email: &email,
                hash: Some(&new),
                works: sent && owner.is_none(),
            };
            let token = links::create(database, &new_link, self.now)?;
            let (to, event) = match &owner {
                Some(owner) => (&owner.email, draft),
                None => (&email, event(token.as_str())),
            };
            letters::post(database, key, to, event, sent, self.now)
        })?;
        Ok(email)
    }

    /// Makes the address that the link was sent to the address of its account, and revokes
    /// all tokens.
    ///
    /// # Errors
    /// `LinkInvalid`; `EmailTaken` if the address has a confirmed user by now; `Publish` if
    /// Redis is away, and then nothing has changed; `Letter`, `Database`.
    pub fn confirm_new_address(&self, token: &LinkToken) -> Result<Account, AccountsError> {
        let key = self.rules.notice_key()?;
        let link = links::find(self.database, Purpose::NewAddress, token, self.now)?;
        let id = link.account.ok_or(AccountsError::LinkInvalid)?;
        let stored = account::by_id(self.database, &id)?.ok_or(AccountsError::LinkInvalid)?;
        self.revoke_tokens(&stored.account)?;
        transaction(self.database, |database| {
            let link = links::take(database, Purpose::NewAddress, token, self.now)?;
            let former = account::by_id(database, &id)?
                .ok_or(AccountsError::LinkInvalid)?
                .account;
            let hash = link.hash.ok_or(AccountsError::LinkInvalid)?;
            displace_unconfirmed(database, &link.email, &former, self.now)?;
            database.execute(
                "UPDATE users SET email = ?, email_key = ?, password_hash = ?, confirmed_at = ?
                 WHERE id = ?",
                &[
                    link.email.as_str().into(),
                    link.email.lookup().as_str().into(),
                    hash.as_str().into(),
                    self.now.into(),
                    id.as_str().into(),
                ],
            )?;
            links::remove_confirming(database, &link.email)?;
            super::revoke::remove_access(database, &id, None)?;
            super::revoke::revoke_again(database, &id, self.now)?;
            if former.is_confirmed {
                letters::forget(database, &former.email)?;
            }
            letters::tell_owner(database, key, &former, Event::AddressChanged, self.now)?;
            outbox::recipient(database, &id, self.now)?;
            Ok(Account {
                email: link.email,
                is_confirmed: true,
                ..former
            })
        })
    }
}

/// Deletes the unconfirmed user of an address.
fn displace_unconfirmed(
    database: &impl Database,
    email: &Email,
    new: &Account,
    now: u64,
) -> Result<(), AccountsError> {
    let stored = account::of_address(database, email)?.into_iter();
    for other in stored.map(|stored| stored.account) {
        if other.kind == Kind::User && other.id != new.id {
            if other.is_confirmed {
                return Err(AccountsError::EmailTaken);
            }
            super::delete::remove(database, &other, now)?;
        }
    }
    Ok(())
}
