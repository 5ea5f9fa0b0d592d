//! Accounts: users and registrations, and their rows.
//!
//! A *user* is the account of an address, which has at most one. A *registration* is an
//! account whose address nobody has confirmed yet; an address may have several, beside its
//! user. Both log in with their own password and own their jobs.

use crate::database::{Database, Row, retrying};
use crate::{AccountsError, DatabaseError, Email};

/// An account, without the password hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// A UUIDv7.
    pub id: String,
    /// The address as given at registration.
    pub email: Email,
    /// Whether it is a user or a registration.
    pub kind: Kind,
    /// Set by an operator, never through the API.
    pub is_admin: bool,
    /// Whether the owner of the address has confirmed it.
    pub is_confirmed: bool,
    /// The claim `ver` of tokens that are valid.
    pub version: u64,
    /// Whether mails about jobs are wanted.
    pub wants_mails: bool,
    /// In Unix seconds.
    pub created_at: u64,
}

/// Where an account is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In `users`: the account of its address.
    User,
    /// In `registrations`: waits for its address to be confirmed.
    Registration,
}

impl Kind {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Registration => "registrations",
        }
    }
}

/// An account and its password hash.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) account: Account,
    pub(crate) hash: String,
}

/// Users come first, so that their salt is the one of the address.
const SELECT: &str = "\
    SELECT 0 AS kind, id, email, password_hash, is_admin, confirmed_at IS NOT NULL,
           token_version, mails, created_at
    FROM users WHERE {column} = ?1
    UNION ALL
    SELECT 1, id, email, password_hash, 0, 0, token_version, mails, created_at
    FROM registrations WHERE {column} = ?1
    ORDER BY 1, 9, 2";

/// All accounts of an address: the user first, then the registrations by age.
pub(crate) fn of_address<D: Database>(
    database: &D,
    email: &Email,
) -> Result<Vec<Stored>, AccountsError> {
    let sql = SELECT.replace("{column}", "email_key");
    retrying(database, |database| {
        let rows = database.execute(&sql, &[email.lookup().as_str().into()])?;
        rows.iter().map(stored).collect()
    })
}

/// The user of an address, if that is confirmed.
pub(crate) fn confirmed_owner<D: Database>(
    database: &D,
    email: &Email,
) -> Result<Option<Account>, AccountsError> {
    let stored = of_address(database, email)?.into_iter();
    let mut accounts = stored.map(|stored| stored.account);
    Ok(accounts.find(|account| account.is_confirmed))
}

/// The account with this id.
pub(crate) fn by_id<D: Database>(database: &D, id: &str) -> Result<Option<Stored>, AccountsError> {
    let sql = SELECT.replace("{column}", "id");
    retrying(database, |database| {
        let rows = database.execute(&sql, &[id.into()])?;
        rows.first().map(stored).transpose()
    })
}

fn stored(row: &Row) -> Result<Stored, AccountsError> {
    let flag = |index| Ok::<bool, DatabaseError>(row.number(index)? != 0);
    Ok(Stored {
        account: Account {
            id: row.text(1)?.to_owned(),
            email: parse(row.text(2)?)?,
            kind: match row.number(0)? {
                0 => Kind::User,
                _ => Kind::Registration,
            },
            is_admin: flag(4)?,
            is_confirmed: flag(5)?,
            version: row.number(6)?,
            wants_mails: flag(7)?,
            created_at: row.number(8)?,
        },
        hash: row.text(3)?.to_owned(),
    })
}

/// Parses a stored address.
pub(crate) fn parse(text: &str) -> Result<Email, DatabaseError> {
    Email::parse(text)
        .map_err(|_| DatabaseError::Other("a stored email address is invalid".to_owned()))
}

/// Whether an address has no account. Part of a transaction.
pub(crate) fn is_without_accounts(
    database: &impl Database,
    email: &Email,
) -> Result<bool, AccountsError> {
    let rows = database.execute(
        "SELECT (SELECT count(*) FROM users WHERE email_key = ?1)
              + (SELECT count(*) FROM registrations WHERE email_key = ?1)",
        &[email.lookup().as_str().into()],
    )?;
    Ok(rows.first().map_or(Ok(0), |row| row.number(0))? == 0)
}
