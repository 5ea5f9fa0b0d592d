//! The links in letters: single use, short-lived, stored as hashes.
//!
//! | purpose | sent to | acts after | lifetime |
//! |---|---|---|---|
//! | `confirm` | the address of a registration | the password of that registration | a day, ten tries |
//! | `reset` | the address of a user | a new password | an hour |
//! | `new_address` | the new address of a user | nothing else | a day |

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::database::{Database, retrying};
use crate::{AccountsError, Email, account};

const TOKEN_BYTES: usize = 32;
/// The length of a token in base64url.
const TOKEN_CHARS: usize = 43;
/// How often the password for a link that confirms may be wrong.
const MAX_TRIES: u64 = 10;

/// The token of a link, as it comes with a request.
pub struct LinkToken(Zeroizing<String>);

impl LinkToken {
    /// Parses a token.
    ///
    /// # Errors
    /// [`AccountsError::LinkInvalid`] if it has another form than each token has.
    pub fn parse(text: &str) -> Result<Self, AccountsError> {
        let text = text.trim();
        let is_good = text.len() == TOKEN_CHARS
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        match is_good {
            true => Ok(Self(Zeroizing::new(text.to_owned()))),
            false => Err(AccountsError::LinkInvalid),
        }
    }

    fn generate() -> Result<Self, AccountsError> {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| AccountsError::Random(error.to_string()))?;
        Ok(Self(Zeroizing::new(BASE64URL.encode(bytes.as_slice()))))
    }

    /// The token in base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A token has 256 random bits, so a fast hash without salt cannot be reversed.
    fn hash(&self) -> String {
        BASE64URL.encode(Sha256::digest(self.0.as_bytes()))
    }
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Confirm,
    Reset,
    NewAddress,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::NewAddress => "new_address",
        }
    }

    /// In seconds.
    pub(crate) fn lifetime(self) -> u64 {
        match self {
            Self::Confirm | Self::NewAddress => 86_400,
            Self::Reset => 3_600,
        }
    }
}

/// A link that works.
#[derive(Debug)]
pub(crate) struct Link {
    /// The account; none for a link that confirms an address.
    pub(crate) account: Option<String>,
    /// The address that the link was sent to.
    pub(crate) email: Email,
    /// The hash of the account's password with the salt of the new address.
    pub(crate) hash: Option<String>,
    tries: u64,
}

/// A link to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewLink<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) account: Option<&'a str>,
    pub(crate) email: &'a Email,
    pub(crate) hash: Option<&'a str>,
    /// Whether the link will be sent. Otherwise it only costs the same work, and is gone
    /// with the next sweep.
    pub(crate) works: bool,
}

/// Stores a link and returns its token. Part of a transaction.
pub(crate) fn create(
    database: &impl Database,
    link: &NewLink<'_>,
    now: u64,
) -> Result<LinkToken, AccountsError> {
    remove_expired(database, now)?;
    let token = LinkToken::generate()?;
    let lifetime = if link.works {
        link.purpose.lifetime()
    } else {
        0
    };
    database.execute(
        "INSERT INTO links
             (token_hash, purpose, account, email, email_key, password_hash, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            token.hash().as_str().into(),
            link.purpose.as_str().into(),
            link.account.into(),
            link.email.as_str().into(),
            link.email.lookup().as_str().into(),
            link.hash.into(),
            now.into(),
            now.saturating_add(lifetime).into(),
        ],
    )?;
    Ok(token)
}

/// The link of a token.
///
/// # Errors
/// [`AccountsError::LinkInvalid`] if there is none, or it is used up, too old, or for
/// another purpose.
pub(crate) fn find<D: Database>(
    database: &D,
    purpose: Purpose,
    token: &LinkToken,
    now: u64,
) -> Result<Link, AccountsError> {
    retrying(database, |database| read(database, purpose, token, now))
}

/// Uses a link up and returns it. Part of the transaction that acts, so that of two requests
/// one acts.
pub(crate) fn take(
    database: &impl Database,
    purpose: Purpose,
    token: &LinkToken,
    now: u64,
) -> Result<Link, AccountsError> {
    let link = read(database, purpose, token, now)?;
    database.execute(
        "DELETE FROM links WHERE token_hash = ?",
        &[token.hash().as_str().into()],
    )?;
    Ok(link)
}

/// Counts a try with a wrong password. Part of a transaction.
pub(crate) fn count_try(database: &impl Database, token: &LinkToken) -> Result<(), AccountsError> {
    database.execute(
        "UPDATE links SET tries = tries + 1 WHERE token_hash = ?",
        &[token.hash().as_str().into()],
    )?;
    Ok(())
}

fn read(
    database: &impl Database,
    purpose: Purpose,
    token: &LinkToken,
    now: u64,
) -> Result<Link, AccountsError> {
    let rows = database.execute(
        "SELECT account, email, password_hash, tries FROM links
         WHERE token_hash = ? AND purpose = ? AND expires_at > ?",
        &[
            token.hash().as_str().into(),
            purpose.as_str().into(),
            now.into(),
        ],
    )?;
    let row = rows.first().ok_or(AccountsError::LinkInvalid)?;
    let link = Link {
        account: row.optional_text(0)?.map(str::to_owned),
        email: account::parse(row.text(1)?)?,
        hash: row.optional_text(2)?.map(str::to_owned),
        tries: row.number(3)?,
    };
    match link.tries < MAX_TRIES {
        true => Ok(link),
        false => Err(AccountsError::LinkInvalid),
    }
}

/// The password hash in a link that works and makes `email` the address of an account. New
/// accounts of that address take its salt.
pub(crate) fn hash_for<D: Database>(
    database: &D,
    email: &Email,
    now: u64,
) -> Result<Option<String>, AccountsError> {
    retrying(database, |database| {
        let rows = database.execute(
            "SELECT password_hash FROM links
             WHERE email_key = ? AND password_hash IS NOT NULL AND expires_at > ?
             ORDER BY created_at, token_hash LIMIT 1",
            &[email.lookup().as_str().into(), now.into()],
        )?;
        Ok(rows
            .first()
            .map(|row| row.text(0).map(str::to_owned))
            .transpose()?)
    })
}

/// Whether there are links that no longer work.
pub(crate) fn has_expired(database: &impl Database, now: u64) -> Result<bool, AccountsError> {
    let rows = database.execute(
        "SELECT 1 FROM links WHERE expires_at <= ? LIMIT 1",
        &[now.into()],
    )?;
    Ok(!rows.is_empty())
}

/// Removes the links that no longer work. Part of a transaction.
pub(crate) fn remove_expired(database: &impl Database, now: u64) -> Result<(), AccountsError> {
    database.execute("DELETE FROM links WHERE expires_at <= ?", &[now.into()])?;
    Ok(())
}

/// Removes the links of an account. Part of a transaction.
pub(crate) fn remove_of_account(
    database: &impl Database,
    account: &str,
) -> Result<(), AccountsError> {
    database.execute("DELETE FROM links WHERE account = ?", &[account.into()])?;
    Ok(())
}

/// Removes the links that confirm an address. Part of a transaction.
pub(crate) fn remove_confirming(
    database: &impl Database,
    email: &Email,
) -> Result<(), AccountsError> {
    database.execute(
        "DELETE FROM links WHERE email_key = ? AND purpose = ?",
        &[
            email.lookup().as_str().into(),
            Purpose::Confirm.as_str().into(),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_parse() {
        let (a, b) = (
            LinkToken::generate().unwrap(),
            LinkToken::generate().unwrap(),
        );
        assert_ne!(a.as_str(), b.as_str());
        assert_eq!(a.as_str().len(), TOKEN_CHARS);
        assert!(LinkToken::parse(&format!(" {}\n", a.as_str())).is_ok());
        assert!(!a.hash().contains(a.as_str()));
        for bad in [
            "",
            "x",
            &"a".repeat(42),
            &"a".repeat(44),
            &"ä".repeat(21),
            &"%".repeat(43),
        ] {
            assert_eq!(
                LinkToken::parse(bad).err(),
                Some(AccountsError::LinkInvalid),
                "{bad}"
            );
        }
    }
}
