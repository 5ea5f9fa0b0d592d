//! Logging in.

use crate::database::Database;
use crate::{AccountsError, Credentials, Email, Password, User, hash, throttle, users};

/// Checks the credentials at `now` (Unix seconds).
///
/// An unknown address takes the same steps and the same time as a wrong
/// password: a hash is verified, and a failure is counted.
///
/// # Errors
/// `Unauthorized` for a wrong pair, `Throttled` after too many of them;
/// `Hash`, `Database`.
pub fn login<D: Database>(
    database: &D,
    credentials: Credentials,
    now: u64,
) -> Result<User, AccountsError> {
    // An invalid address has no account. Failing early reveals only what the
    // client can see for itself.
    let email = Email::parse(&credentials.email).map_err(|_| AccountsError::Unauthorized)?;
    let password = Password::attempt(credentials.password)?;

    let attempt = throttle::begin(database, &email, now)?;
    let found = users::find(database, &email)?;
    let matches = hash::verify(&password, found.as_ref().map(|(_, hash)| hash.as_str()))?;
    match found {
        Some((user, _)) if matches => {
            throttle::succeeded(database, &attempt)?;
            Ok(user)
        }
        _ => {
            throttle::failed(database, &attempt, now)?;
            Err(AccountsError::Unauthorized)
        }
    }
}
