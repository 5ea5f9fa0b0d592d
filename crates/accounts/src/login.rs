//! Logging in.

use crate::database::Database;
use crate::{AccountsError, Credentials, Email, Password, User, hash, throttle, users};

/// Checks the credentials.
///
/// An unknown address takes the same steps and the same time as a wrong
/// password: a hash is verified, a failure is counted.
///
/// # Errors
/// `Unauthorized` for any wrong pair, `Throttled` after too many of them;
/// `Hash`, `Database`.
pub fn login<D: Database>(
    database: &D,
    credentials: Credentials,
    now: u64,
) -> Result<User, AccountsError> {
    // What is no address has no account; saying so quickly tells only what the
    // sender can see without us.
    let email = Email::parse(&credentials.email).map_err(|_| AccountsError::Unauthorized)?;
    let password = Password::attempt(credentials.password)?;

    let turn = throttle::take_turn(database, &email, now)?;
    let found = users::find(database, &email)?;
    let right = hash::verify(&password, found.as_ref().map(|(_, hash)| hash.as_str()))?;
    match found {
        Some((user, _)) if right => {
            throttle::succeeded(database, &turn)?;
            Ok(user)
        }
        _ => {
            throttle::failed(database, &turn, now)?;
            Err(AccountsError::Unauthorized)
        }
    }
}
