//! Registering.

use tonearm_letters::Event;
use uuid::Uuid;

use super::{Accounts, salt_of};
use crate::database::{Database, transaction};
use crate::delivery::links::{self, NewLink, Purpose};
use crate::delivery::{Publisher, letters, outbox};
use crate::password::hash;
use crate::throttle::{self, Target};
use crate::{Account, AccountsError, Credentials, DatabaseError, Email, Kind, Password, account};

/// How many registrations an address has at most. The oldest goes.
const MAX_REGISTRATIONS: usize = 8;
/// How often a password is hashed again because the salt of the address changed meanwhile.
const MAX_ROUNDS: usize = 4;

/// What a request to register has caused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// There is a user.
    User(Account),
    /// Whether there is a new registration is not for the requester to learn. With the
    /// address as it was read.
    Requested(Email),
}

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Registers: a user at once, or a registration to be confirmed, as the rules say.
    ///
    /// # Errors
    /// `Email` or `Password` if one is invalid. `EmailTaken` without confirmation; `Throttled`
    /// with it. `Letter`, `Hash`, `Database`.
    pub fn register(&self, credentials: Credentials) -> Result<Registered, AccountsError> {
        if !self.rules.confirm_addresses {
            return register(self.database, credentials, self.now).map(Registered::User);
        }
        self.rules.sealing_key()?;
        let email = Email::parse(&credentials.email)?;
        let password = Password::choose(credentials.password, &email)?;
        // Counted like a wrong password. Whoever registers the address of somebody else and
        // then logs in tries out a password in this way: if it is right, no registration is
        // added and the login reaches the user.
        let attempt = throttle::begin(self.database, Target::Address(&email), self.now)?;
        self.add_registration(&email, &password)?;
        throttle::failed(self.database, &attempt, self.now)?;
        Ok(Registered::Requested(email))
    }

    fn add_registration(&self, email: &Email, password: &Password) -> Result<(), AccountsError> {
        for _ in 0..MAX_ROUNDS {
            let salt = salt_of(self.database, email, self.now)?;
            let new = hash::make(password, salt.as_deref())?;
            let is_added = transaction(self.database, |database| {
                // Another request may have been first with another salt.
                let current = salt_of(database, email, self.now)?;
                if current.is_some_and(|hash| !hash::is_like(&hash, &new)) {
                    return Ok(false);
                }
                insert_registration(database, email, &new, self.now)?;
                self.post_about_registration(database, email)?;
                Ok(true)
            })?;
            if is_added {
                return Ok(());
            }
        }
        Err(DatabaseError::Busy.into())
    }

    /// Sends the link that confirms the address of an account again, if there was none for a
    /// day.
    ///
    /// # Errors
    /// `Letter`, `Database`.
    pub fn send_confirmation(&self, account: &Account) -> Result<(), AccountsError> {
        self.rules.sealing_key()?;
        if account.is_confirmed {
            return Ok(());
        }
        transaction(self.database, |database| {
            self.post_about_registration(database, &account.email)
        })
    }

    /// The letter that a registration causes: the link that confirms the address, or to the
    /// owner of a confirmed one that somebody else registered it. The work is always the
    /// same. Part of a transaction.
    fn post_about_registration(&self, database: &D, email: &Email) -> Result<(), AccountsError> {
        let key = self.rules.sealing_key()?;
        let owner = account::confirmed_owner(database, email)?;
        let link = |token: String| Event::ConfirmAddress {
            token,
            valid_seconds: Purpose::Confirm.lifetime(),
        };
        let to = owner.as_ref().map_or(email, |owner| &owner.email);
        let event = match owner {
            Some(_) => Event::AddressTaken,
            None => link(String::new()),
        };
        let sent = letters::may_post(database, email, &event, self.now)?;
        let new_link = NewLink {
            purpose: Purpose::Confirm,
            account: None,
            email,
            hash: None,
            works: sent && owner.is_none(),
        };
        let token = links::create(database, &new_link, self.now)?;
        let event = match owner {
            Some(_) => event,
            None => link(token.as_str().to_owned()),
        };
        letters::post(database, key, to, event, sent, self.now)
    }
}

/// Creates a user at `now` (Unix seconds), without confirmation of the address.
///
/// This reveals whether an address is taken: it is for people who run the service for
/// themselves.
///
/// # Errors
/// `Email` or `Password` if one is invalid; `EmailTaken`, `Hash`, `Database`.
pub fn register<D: Database>(
    database: &D,
    credentials: Credentials,
    now: u64,
) -> Result<Account, AccountsError> {
    let email = Email::parse(&credentials.email)?;
    let password = Password::choose(credentials.password, &email)?;
    // Avoids the expensive hash. The UNIQUE constraint is what decides.
    let first = account::of_address(database, &email)?.into_iter().next();
    if first
        .as_ref()
        .is_some_and(|first| first.account.kind == Kind::User)
    {
        return Err(AccountsError::EmailTaken);
    }
    let account = Account {
        id: Uuid::now_v7().to_string(),
        email,
        kind: Kind::User,
        is_admin: false,
        is_confirmed: false,
        version: 0,
        wants_mails: true,
        created_at: now,
    };
    let parameters = [
        account.id.as_str().into(),
        account.email.as_str().into(),
        account.email.lookup().as_str().into(),
        hash::make(
            &password,
            salt_of(database, &account.email, now)?.as_deref(),
        )?
        .as_str()
        .into(),
        now.into(),
    ];
    transaction(database, |database| {
        database
            .execute(
                "INSERT INTO users (id, email, email_key, password_hash, created_at)
                 VALUES (?, ?, ?, ?, ?)",
                &parameters,
            )
            .map_err(|error| match error {
                DatabaseError::Unique => AccountsError::EmailTaken,
                error => error.into(),
            })?;
        outbox::recipient(database, &account.id, now)
    })?;
    Ok(account)
}

/// Adds a registration, unless an account of the address has that password. Of too many the
/// newest goes, so that a stranger who registers again and again does not displace the owner
/// who was first.
fn insert_registration(
    database: &impl Database,
    email: &Email,
    hash: &str,
    now: u64,
) -> Result<(), AccountsError> {
    let stored = account::of_address(database, email)?;
    let is_new = stored.iter().all(|stored| stored.hash != hash);
    // Without a row to add, one is added and removed: the same work.
    let id = Uuid::now_v7().to_string();
    database.execute(
        "INSERT INTO registrations (id, email, email_key, password_hash, created_at)
         VALUES (?, ?, ?, ?, ?)",
        &[
            id.as_str().into(),
            email.as_str().into(),
            email.lookup().as_str().into(),
            hash.into(),
            now.into(),
        ],
    )?;
    if !is_new {
        database.execute(
            "DELETE FROM registrations WHERE id = ?",
            &[id.as_str().into()],
        )?;
        return Ok(());
    }
    let registrations: Vec<_> = stored
        .iter()
        .filter(|stored| stored.account.kind == Kind::Registration)
        .collect();
    let excess = (registrations.len() + 1).saturating_sub(MAX_REGISTRATIONS);
    for newest in registrations.iter().rev().take(excess) {
        super::delete::remove(database, &newest.account, now)?;
    }
    Ok(())
}
