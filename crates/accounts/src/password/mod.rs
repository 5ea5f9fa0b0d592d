//! Passwords. They are wiped from memory after use and never printed.
//!
//! A password is hashed in Unicode's Normalization Form C, because keyboards and systems
//! encode the same characters in different ways (RFC 8265, section 4.2).

pub(crate) mod hash;
mod policy;

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{AccountsError, Email};

/// The maximum of a password in Normalization Form C: long enough for any passphrase, and
/// a bound on the work of hashing.
const MAX_BYTES: usize = 1024;
/// The maximum of a password as sent. Other forms of the same characters are longer.
const MAX_SENT_BYTES: usize = 3 * MAX_BYTES;

/// A password in plain text, to be hashed or compared with a hash.
pub struct Password {
    /// In Normalization Form C.
    normal: Zeroizing<String>,
    /// As sent, if that is another form.
    sent: Option<Zeroizing<String>>,
}

impl Password {
    /// A new password for an account with this address.
    ///
    /// # Errors
    /// [`AccountsError::Password`] with the rule that it breaks.
    pub fn choose(text: Zeroizing<String>, email: &Email) -> Result<Self, AccountsError> {
        let password = Self::normalized(text).ok_or(policy::TOO_LONG)?;
        policy::check(&password.normal, email)?;
        Ok(password)
    }

    /// A password to be checked. Only the maximum is enforced, so that accounts from
    /// before a stricter rule can still log in.
    ///
    /// # Errors
    /// [`AccountsError::Unauthorized`] if it is longer than any valid password.
    pub fn attempt(text: Zeroizing<String>) -> Result<Self, AccountsError> {
        Self::normalized(text).ok_or(AccountsError::Unauthorized)
    }

    fn normalized(text: Zeroizing<String>) -> Option<Self> {
        if text.len() > MAX_SENT_BYTES {
            return None;
        }
        // The capacity is reserved at once, because growing would leave copies behind. The
        // form has at most three times the bytes (Unicode Standard Annex 15, section 9).
        let mut normal = Zeroizing::new(String::with_capacity(3 * text.len()));
        normal.extend(text.nfc());
        let sent = (*normal != *text).then_some(text);
        (normal.len() <= MAX_BYTES).then_some(Self { normal, sent })
    }

    /// The bytes that are hashed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.normal.as_bytes()
    }

    /// The bytes as sent, if they are others. Releases before normalization hashed these.
    pub(crate) fn as_sent(&self) -> Option<&[u8]> {
        self.sent.as_ref().map(|text| text.as_bytes())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(text: &str) -> Result<Password, AccountsError> {
        Password::attempt(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn only_the_maximum_limits_an_attempt() {
        assert!(attempt("").is_ok() && attempt(&"x".repeat(1024)).is_ok());
        let long = [
            "x".repeat(1025),
            "ä".repeat(513),
            "a\u{308}".repeat(513),
            "x".repeat(100_000),
        ];
        for text in long {
            assert_eq!(attempt(&text).err(), Some(AccountsError::Unauthorized));
        }
        assert!(attempt(&"a\u{308}".repeat(512)).is_ok());
    }

    #[test]
    fn both_forms_of_a_character_are_one_password() {
        let (composed, decomposed) = (
            attempt("pässwörd").unwrap(),
            attempt("pa\u{308}sswo\u{308}rd").unwrap(),
        );
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        assert_eq!(composed.as_sent(), None);
        assert_eq!(
            decomposed.as_sent(),
            Some("pa\u{308}sswo\u{308}rd".as_bytes())
        );
    }

    #[test]
    fn debug_hides_the_password() {
        assert_eq!(format!("{:?}", attempt("hunter22").unwrap()), "Password(…)");
    }
}
