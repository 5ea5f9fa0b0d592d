//! Who makes a request: the account of a valid token.

use tonearm_tokens::Claims;

use crate::account::{self, Stored};
use crate::database::{Database, retrying};
use crate::{Account, AccountsError};

/// The account of a request's token, and the session that the token belongs to.
#[derive(Debug)]
pub struct Caller {
    pub(crate) stored: Stored,
    /// The id of the session, if the token is that of one.
    pub session: Option<String>,
}

impl Caller {
    /// The caller of verified claims at `now` (Unix seconds). The database decides, so that
    /// a revoked token is refused also before Redis has been told.
    ///
    /// # Errors
    /// `TokenRevoked` if the account is gone, has another version, or its session has ended;
    /// `Database`.
    pub fn of<D: Database>(database: &D, claims: Claims, now: u64) -> Result<Self, AccountsError> {
        let stored = account::by_id(database, &claims.sub)?.ok_or(AccountsError::TokenRevoked)?;
        // Tokens of the releases before versions have none. They are of version 0.
        if claims.version.unwrap_or(0) != stored.account.version {
            return Err(AccountsError::TokenRevoked);
        }
        if let Some(session) = &claims.session {
            let rows = retrying(database, |database| {
                Ok(database.execute(
                    "SELECT 1 FROM sessions WHERE id = ? AND account = ? AND expires_at > ?",
                    &[
                        session.as_str().into(),
                        claims.sub.as_str().into(),
                        now.into(),
                    ],
                )?)
            })?;
            if rows.is_empty() {
                return Err(AccountsError::TokenRevoked);
            }
        }
        Ok(Self {
            stored,
            session: claims.session,
        })
    }

    /// The account.
    pub fn account(&self) -> &Account {
        &self.stored.account
    }
}
