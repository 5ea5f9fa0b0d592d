//! Registration and lookup of users.

use uuid::Uuid;

use crate::database::{Database, retrying};
use crate::{AccountsError, Credentials, DatabaseError, Email, Password, hash};

/// A user, without the password hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// A UUIDv7.
    pub id: String,
    /// The address as given at registration.
    pub email: Email,
    /// Set by an operator, never through the API.
    pub is_admin: bool,
}

/// Creates an account at `now` (Unix seconds).
///
/// This reveals whether an address is taken. Hiding it would require a
/// confirmation email before the first login, and users of curl expect a plain
/// 409.
///
/// # Errors
/// `Email` or `Password` if one is invalid; `EmailTaken`, `Hash`, `Database`.
pub fn register<D: Database>(
    database: &D,
    credentials: Credentials,
    now: u64,
) -> Result<User, AccountsError> {
    let email = Email::parse(&credentials.email)?;
    let password = Password::parse(credentials.password)?;
    // Avoids the expensive hash. The UNIQUE constraint is what decides.
    if find(database, &email)?.is_some() {
        return Err(AccountsError::EmailTaken);
    }
    let user = User {
        id: Uuid::now_v7().to_string(),
        email,
        is_admin: false,
    };
    let parameters = [
        user.id.as_str().into(),
        user.email.as_str().into(),
        user.email.lookup().as_str().into(),
        hash::make(&password)?.as_str().into(),
        now.into(),
    ];
    retrying(database, |database| {
        database
            .execute(
                "INSERT INTO users (id, email, email_key, password_hash, created_at)
                 VALUES (?, ?, ?, ?, ?)",
                &parameters,
            )
            .map_err(|error| match error {
                DatabaseError::Unique => AccountsError::EmailTaken,
                error => error.into(),
            })
    })?;
    Ok(user)
}

/// The user with this address, and the password hash.
pub(crate) fn find<D: Database>(
    database: &D,
    email: &Email,
) -> Result<Option<(User, String)>, AccountsError> {
    let rows = retrying(database, |database| {
        Ok(database.execute(
            "SELECT id, email, is_admin, password_hash FROM users WHERE email_key = ?",
            &[email.lookup().as_str().into()],
        )?)
    })?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let user = User {
        id: row.text(0)?.to_owned(),
        email: Email::parse(row.text(1)?)
            .map_err(|_| DatabaseError::Other("a stored email address is invalid".to_owned()))?,
        is_admin: row.number(2)? != 0,
    };
    Ok(Some((user, row.text(3)?.to_owned())))
}
