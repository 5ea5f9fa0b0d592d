//! Logging in.

use crate::database::Database;
use crate::password::hash;
use crate::throttle::{self, Target};
use crate::{Account, AccountsError, Credentials, Email, Password, account};

/// Checks the credentials at `now` (Unix seconds).
///
/// An unknown address takes the same steps and the same time as a wrong
/// password: a hash is computed, and a failure is counted.
///
/// # Errors
/// `Unauthorized` for a wrong pair, `Throttled` after too many of them;
/// `Hash`, `Database`.
pub fn login<D: Database>(
    database: &D,
    credentials: Credentials,
    now: u64,
) -> Result<Account, AccountsError> {
    // An invalid address has no account. Failing early reveals only what the
    // client can see for itself.
    let email = Email::parse(&credentials.email).map_err(|_| AccountsError::Unauthorized)?;
    let password = Password::attempt(credentials.password)?;

    let attempt = throttle::begin(database, Target::Address(&email), now)?;
    let stored = account::of_address(database, &email)?;
    let hashes: Vec<&str> = stored.iter().map(|stored| stored.hash.as_str()).collect();
    let found = hash::matching(&password, &hashes)?;
    match found.and_then(|index| stored.into_iter().nth(index)) {
        Some(stored) => {
            throttle::succeeded(database, &attempt)?;
            Ok(stored.account)
        }
        None => {
            throttle::failed(database, &attempt, now)?;
            Err(AccountsError::Unauthorized)
        }
    }
}
