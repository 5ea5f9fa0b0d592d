//! Passwords. They are wiped from memory after use and never printed.

use std::fmt;

use zeroize::Zeroizing;

use crate::AccountsError;

/// The minimum for a service with throttled logins (NIST SP 800-63B, 5.1.1.2).
const MIN_BYTES: usize = 8;
/// Long enough for any passphrase, and a bound on the work of hashing.
const MAX_BYTES: usize = 1024;

const RULE: &str = "A password has 8 to 1024 bytes; any characters will do.";

/// A password in plain text, to be hashed or compared with a hash.
pub struct Password(Zeroizing<String>);

impl Password {
    /// A password for a new account.
    ///
    /// # Errors
    /// [`AccountsError::Password`] with the rule, if it is too short or too long.
    pub fn parse(text: Zeroizing<String>) -> Result<Self, AccountsError> {
        if (MIN_BYTES..=MAX_BYTES).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(AccountsError::Password(RULE))
        }
    }

    /// A password for a login. Only the maximum is enforced, so that accounts
    /// from before a stricter rule can still log in.
    ///
    /// # Errors
    /// [`AccountsError::Unauthorized`] if it is longer than any valid password.
    pub fn attempt(text: Zeroizing<String>) -> Result<Self, AccountsError> {
        if text.len() <= MAX_BYTES {
            Ok(Self(text))
        } else {
            Err(AccountsError::Unauthorized)
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
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

    fn text(length: usize) -> Zeroizing<String> {
        Zeroizing::new("x".repeat(length))
    }

    #[test]
    fn length_limits() {
        for (length, good) in [
            (0, false),
            (7, false),
            (8, true),
            (1024, true),
            (1025, false),
        ] {
            assert_eq!(Password::parse(text(length)).is_ok(), good, "{length}");
        }
        assert!(Password::attempt(text(1)).is_ok());
        assert_eq!(
            Password::attempt(text(1025)).err(),
            Some(AccountsError::Unauthorized)
        );
    }

    #[test]
    fn debug_hides_the_password() {
        let password = Password::parse(Zeroizing::new("hunter22".to_owned())).unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
    }
}
