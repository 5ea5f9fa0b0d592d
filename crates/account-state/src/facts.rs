//! What is asked about a token, and what is known about mails.

/// The claims of a token that decide whether it is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenFacts<'a> {
    /// The id of the account, `sub`.
    pub account: &'a str,
    /// The version of the account when the token was issued, `ver`. Tokens of the
    /// releases before versions have none.
    pub version: Option<u64>,
    /// Unix seconds, `iat`.
    pub issued_at: u64,
    /// The session that the token belongs to, `sid`.
    pub session: Option<&'a str>,
}

impl TokenFacts<'_> {
    /// Whether the token was issued before the account's tokens were revoked.
    pub(crate) fn is_before(&self, min_version: Option<u64>, void_before: Option<u64>) -> bool {
        match self.version {
            Some(version) => min_version.is_some_and(|min| version < min),
            None => void_before.is_some_and(|time| self.issued_at <= time),
        }
    }
}

/// Where mails about an account's jobs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub email: String,
    /// Whether the owner of the address has confirmed it.
    pub is_confirmed: bool,
    /// Whether mails about jobs are wanted and may be sent.
    pub wants_mails: bool,
}
