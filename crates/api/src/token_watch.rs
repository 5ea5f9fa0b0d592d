//! A token that is checked again while its request goes on.
//!
//! A request is authenticated once, at its beginning. Streams and uploads last longer, so
//! they ask again whether the token is revoked. A stream ends at the latest
//! [`MAX_UNKNOWN`] after the token was last known to be good.

use std::time::Duration;

use tonearm_account_state::TokenFacts;
use tonearm_tokens::{Claims, DEFAULT_LEEWAY, TokenError};

use crate::{Error, Platform};

/// Time between two checks of a stream.
const INTERVAL: Duration = Duration::from_secs(4);
/// Time after a failed check until the next one.
const RETRY: Duration = Duration::from_secs(1);
/// How long a stream goes on while nobody knows whether its token is revoked. A
/// restart of Redis takes less.
const MAX_UNKNOWN: Duration = Duration::from_secs(9);

/// The token of a running request.
pub(crate) struct TokenWatch<'p, P: Platform> {
    platform: &'p P,
    claims: Claims,
    /// When the token was last known to be good, on the monotonic clock.
    known_at: Duration,
    /// When it is checked again.
    next_check: Duration,
}

impl<'p, P: Platform> TokenWatch<'p, P> {
    /// Watches a token that was just checked.
    pub fn new(platform: &'p P, claims: Claims) -> Self {
        let now = platform.monotonic_time();
        Self {
            platform,
            claims,
            known_at: now,
            next_check: now + INTERVAL,
        }
    }

    /// Checks now that the token is not revoked.
    ///
    /// # Errors
    /// [`TokenError::Revoked`], or why that is unknown.
    pub fn check(&self) -> Result<(), Error> {
        require_valid(self.platform, &self.claims)
    }

    /// Whether the stream may send more. Checks the token if that is due.
    pub fn may_continue(&mut self) -> bool {
        let now = self.platform.monotonic_time();
        if now < self.next_check {
            return true;
        }
        let checked = match self.check() {
            // The connection may have broken since the last check.
            Err(Error::QueueUnavailable(_)) => self.platform.reconnect().and_then(|_| self.check()),
            result => result,
        };
        match checked {
            Ok(()) => {
                self.known_at = now;
                self.next_check = now + INTERVAL;
                true
            }
            Err(Error::Token(_)) => false,
            Err(error) => {
                eprintln!("a running stream's token could not be checked: {error}");
                self.next_check = now + RETRY;
                now.saturating_sub(self.known_at) < MAX_UNKNOWN
            }
        }
    }

    /// Whether the token has expired.
    pub fn has_expired(&self) -> bool {
        let now = self.platform.unix_time().as_secs();
        now >= self.claims.exp.saturating_add(DEFAULT_LEEWAY)
    }
}

/// Refuses a verified token that is revoked.
///
/// # Errors
/// [`TokenError::Revoked`], or why that is unknown.
pub(crate) fn require_valid<P: Platform>(platform: &P, claims: &Claims) -> Result<(), Error> {
    let is_revoked = platform.is_revoked(&TokenFacts {
        account: &claims.sub,
        version: claims.version,
        issued_at: claims.iat,
        session: claims.session.as_deref(),
    })?;
    match is_revoked {
        true => Err(TokenError::Revoked.into()),
        false => Ok(()),
    }
}
