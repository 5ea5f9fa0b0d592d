//! The life of an account, a step a file.

mod change_address;
mod change_password;
mod confirm;
mod delete;
mod log_in;
mod preferences;
mod register;
mod reset;
mod revoke;
mod sweep;

use crate::database::Database;
use crate::password::hash;
use crate::throttle::{self, Target};
use crate::{AccountsError, Email, Password, Publisher, Rules};
use crate::{account, delivery::links};

pub use log_in::login;
pub use register::{Registered, register};
pub use sweep::Swept;

/// The accounts of a deployment, in one request.
#[derive(Debug)]
pub struct Accounts<'a, D, P> {
    /// Where they are stored.
    pub database: &'a D,
    /// Where changes are published.
    pub publisher: &'a P,
    /// The rules of the deployment.
    pub rules: &'a Rules,
    /// The time of the request, in Unix seconds.
    pub now: u64,
}

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Publishes what waits in the outbox, up to a batch of rows. Returns how many rows.
    ///
    /// # Errors
    /// `Publish` or `Database`. What could not be published stays.
    pub fn deliver(&self) -> Result<usize, AccountsError> {
        crate::delivery::outbox::deliver(self.database, self.publisher, self.rules)
    }

    /// Checks the password of an account that is logged in. Wrong ones are counted apart from
    /// those of logins, which strangers cause.
    fn check_password(
        &self,
        caller: &account::Stored,
        password: &Password,
    ) -> Result<(), AccountsError> {
        let target = Target::Account(&caller.account.id);
        let attempt = throttle::begin(self.database, target, self.now)?;
        match hash::matching(password, &[&caller.hash])? {
            Some(_) => throttle::succeeded(self.database, &attempt),
            None => {
                throttle::failed(self.database, &attempt, self.now)?;
                Err(AccountsError::PasswordWrong)
            }
        }
    }
}

/// A hash whose salt and cost the hashes of an address have, if there is one yet.
fn salt_of<D: Database>(
    database: &D,
    email: &Email,
    now: u64,
) -> Result<Option<String>, AccountsError> {
    let stored = account::of_address(database, email)?;
    let pending = links::hash_for(database, email, now)?;
    Ok(stored
        .into_iter()
        .next()
        .map(|first| first.hash)
        .or(pending))
}
