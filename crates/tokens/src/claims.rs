//! What a token says.
//!
//! | claim | meaning | source |
//! |---|---|---|
//! | `sub` | the user's id, a UUIDv7; never given to anybody else | RFC 7519, 4.1.2 |
//! | `username` | the user's email address | the seeds' own |
//! | `admin` | whether the user may see to other people's jobs | the seeds' own |
//! | `iat`, `nbf` | when it was made, Unix seconds | RFC 7519, 4.1.6 and 4.1.5 |
//! | `exp` | from when on it is worth nothing, Unix seconds | RFC 7519, 4.1.4 |
//! | `iss`, `aud` | who made it, for whom | RFC 7519, 4.1.1 and 4.1.3 |
//! | `jti` | its own id, for logs | RFC 7519, 4.1.7 |

use std::collections::HashSet;

use jwt_simple::prelude::{Audiences, Duration, JWTClaims, UnixTimeStamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::TokenError;

/// The claims of one token; all of them are always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// The user's email address.
    pub username: String,
    /// Whether the user is an administrator.
    pub admin: bool,
    /// Made at, in Unix seconds.
    pub iat: u64,
    /// Worth nothing from here on, in Unix seconds.
    pub exp: u64,
    /// Worth nothing before, in Unix seconds.
    pub nbf: u64,
    /// Who made it.
    pub iss: String,
    /// For whom it was made.
    pub aud: String,
    /// The token's own id.
    pub jti: String,
}

/// What every token of one service has in common.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Who makes it: `iss`.
    pub issuer: &'a str,
    /// For whom: `aud`.
    pub audience: &'a str,
    /// The present, in Unix seconds.
    pub now: u64,
    /// For how many seconds it is good.
    pub lifetime: u64,
}

/// The claims that RFC 7519 does not name.
#[derive(Serialize, Deserialize)]
pub(crate) struct Private {
    username: String,
    admin: bool,
}

impl Claims {
    /// Claims for a new token about the user `sub`, under `terms`. The token's
    /// own id is new.
    pub fn new(sub: &str, username: &str, admin: bool, terms: &Terms<'_>) -> Self {
        Self {
            sub: sub.to_owned(),
            username: username.to_owned(),
            admin,
            iat: terms.now,
            exp: terms.now.saturating_add(terms.lifetime),
            nbf: terms.now,
            iss: terms.issuer.to_owned(),
            aud: terms.audience.to_owned(),
            jti: Uuid::now_v7().to_string(),
        }
    }

    pub(crate) fn to_library(&self) -> JWTClaims<Private> {
        JWTClaims {
            issued_at: Some(UnixTimeStamp::from_secs(self.iat)),
            expires_at: Some(UnixTimeStamp::from_secs(self.exp)),
            invalid_before: Some(UnixTimeStamp::from_secs(self.nbf)),
            issuer: Some(self.iss.clone()),
            subject: Some(self.sub.clone()),
            audiences: Some(Audiences::AsString(self.aud.clone())),
            jwt_id: Some(self.jti.clone()),
            nonce: None,
            custom: Private {
                username: self.username.clone(),
                admin: self.admin,
            },
        }
    }

    /// The library lets a token leave claims out; ours never do.
    pub(crate) fn from_library(
        claims: JWTClaims<Private>,
        audience: &str,
    ) -> Result<Self, TokenError> {
        let seconds = |time: Option<Duration>, name| {
            time.map(|t| t.as_secs())
                .ok_or(TokenError::ClaimMissing(name))
        };
        let text = |value: Option<String>, name| match value {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(TokenError::ClaimMissing(name)),
        };
        let audiences: HashSet<String> = claims
            .audiences
            .map(Audiences::into_set)
            .unwrap_or_default();
        Ok(Self {
            iat: seconds(claims.issued_at, "iat")?,
            exp: seconds(claims.expires_at, "exp")?,
            nbf: seconds(claims.invalid_before, "nbf")?,
            sub: text(claims.subject, "sub")?,
            iss: text(claims.issuer, "iss")?,
            aud: audiences
                .into_iter()
                .find(|a| a == audience)
                .ok_or(TokenError::Audience)?,
            jti: text(claims.jwt_id, "jti")?,
            username: text(Some(claims.custom.username), "username")?,
            admin: claims.custom.admin,
        })
    }
}
