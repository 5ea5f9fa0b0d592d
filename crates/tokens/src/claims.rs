//! The content of a token.
//!
//! | claim | meaning | source |
//! |---|---|---|
//! | `sub` | the user's id, a UUIDv7; never reused | RFC 7519, 4.1.2 |
//! | `username` | the user's email address | private claim, from the original API |
//! | `admin` | whether the user may manage other users' jobs | private claim, from the original API |
//! | `ver` | the version of the account: raised when all its tokens are revoked | private claim |
//! | `sid` | the session, in the token of a browser's cookie | OpenID Connect Front-Channel Logout, 3 |
//! | `confirmed` | whether the address is confirmed | private claim |
//! | `iat`, `nbf` | issue time, Unix seconds | RFC 7519, 4.1.6 and 4.1.5 |
//! | `exp` | expiry time, Unix seconds | RFC 7519, 4.1.4 |
//! | `iss`, `aud` | issuer, audience | RFC 7519, 4.1.1 and 4.1.3 |
//! | `jti` | the token's id, for logs | RFC 7519, 4.1.7 |

use std::collections::HashSet;

use jwt_simple::prelude::{Audiences, Duration, JWTClaims, UnixTimeStamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::TokenError;

/// The claims of one token. Tokens of earlier releases lack `ver` and `confirmed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// The user's email address.
    pub username: String,
    /// Whether the user is an administrator.
    pub admin: bool,
    /// The version of the account when the token was issued.
    pub version: Option<u64>,
    /// The id of the session that the token belongs to.
    pub session: Option<String>,
    /// Whether the address is confirmed; `None` in tokens of earlier releases.
    pub confirmed: Option<bool>,
    /// Issue time, in Unix seconds.
    pub iat: u64,
    /// Expiry time, in Unix seconds: invalid from here on.
    pub exp: u64,
    /// Start time, in Unix seconds: invalid before.
    pub nbf: u64,
    /// The issuer.
    pub iss: String,
    /// The audience.
    pub aud: String,
    /// The token's id.
    pub jti: String,
}

/// The properties common to all tokens that a service issues now.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The issuer, `iss`.
    pub issuer: &'a str,
    /// The audience, `aud`.
    pub audience: &'a str,
    /// The current time, in Unix seconds.
    pub now: u64,
    /// The lifetime, in seconds.
    pub lifetime: u64,
}

/// The account that a token is issued to.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The user's id.
    pub id: &'a str,
    /// The user's email address.
    pub email: &'a str,
    /// Whether the user is an administrator.
    pub is_admin: bool,
    /// Whether the address is confirmed.
    pub is_confirmed: bool,
    /// The version of the account.
    pub version: u64,
    /// The id of the session, for the token of a browser's cookie.
    pub session: Option<&'a str>,
}

/// The claims that RFC 7519 does not define.
#[derive(Serialize, Deserialize)]
pub(crate) struct Private {
    username: String,
    admin: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ver: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<bool>,
}

impl Claims {
    /// Claims for a new token of `subject`, with a new token id.
    pub fn new(subject: &Subject<'_>, terms: &Terms<'_>) -> Self {
        Self {
            sub: subject.id.to_owned(),
            username: subject.email.to_owned(),
            admin: subject.is_admin,
            version: Some(subject.version),
            session: subject.session.map(str::to_owned),
            confirmed: Some(subject.is_confirmed),
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
                ver: self.version,
                sid: self.session.clone(),
                confirmed: self.confirmed,
            },
        }
    }

    /// Requires every claim that each release has set. The library treats them all as
    /// optional.
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
            version: claims.custom.ver,
            session: claims.custom.sid,
            confirmed: claims.custom.confirmed,
        })
    }
}
