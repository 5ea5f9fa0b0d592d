//! Password hashes: Argon2id as PHC strings
//! (`$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`).
//!
//! The cost follows OWASP's first recommendation for Argon2id: 19 MiB, two
//! passes, one lane. Each hash records its own cost, so existing accounts keep
//! working after a change.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{AccountsError, Password};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of an unknown password at the same cost. Verifying against it makes
/// an unknown address take as long as a known one.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dG9uZWFybS1kdW1teQ\
                     $c0JPbmx5Rm9yVGltaW5nQnV0T2ZGdWxsTGVuZ3RoISE";

fn argon2() -> Result<Argon2<'static>, AccountsError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| AccountsError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a new password with a random salt of 16 bytes.
///
/// # Errors
/// [`AccountsError::Hash`] if memory or random numbers run out.
pub(crate) fn make(password: &Password) -> Result<String, AccountsError> {
    argon2()?
        .hash_password(password.as_bytes())
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|error| AccountsError::Hash(error.to_string()))
}

/// Whether the password matches the hash. `None` stands for an unknown account:
/// it costs the same work, and the result is `false`.
///
/// # Errors
/// [`AccountsError::Hash`] if the stored hash is unreadable or memory runs out.
pub(crate) fn verify(password: &Password, hash: Option<&str>) -> Result<bool, AccountsError> {
    let parsed = PasswordHash::new(hash.unwrap_or(DUMMY))
        .map_err(|error| AccountsError::Hash(error.to_string()))?;
    match argon2()?.verify_password(password.as_bytes(), &parsed) {
        Ok(()) => Ok(hash.is_some()),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(AccountsError::Hash(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn password(text: &str) -> Password {
        Password::parse(Zeroizing::new(text.to_owned())).unwrap()
    }

    #[test]
    fn only_the_right_password_verifies() {
        let hash = make(&password("correct horse")).unwrap();
        assert_ne!(hash, make(&password("correct horse")).unwrap(), "salted");
        assert!(verify(&password("correct horse"), Some(&hash)).unwrap());
        assert!(!verify(&password("correct hors3"), Some(&hash)).unwrap());
        assert!(!verify(&password("correct horse"), None).unwrap());
    }

    #[test]
    fn the_dummy_hash_costs_as_much_as_a_real_one() {
        let shape = |hash: &str| {
            let parts: Vec<&str> = hash.split('$').collect();
            (
                parts[1].to_owned(),
                parts[2].to_owned(),
                parts[3].to_owned(),
                parts[5].len(),
            )
        };
        let made = make(&password("correct horse")).unwrap();
        assert_eq!(shape(&made), shape(DUMMY));
        assert!(
            made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{made}"
        );
    }

    #[test]
    fn a_broken_hash_is_an_error() {
        assert!(matches!(
            verify(&password("x y z 1 2"), Some("x")),
            Err(AccountsError::Hash(_))
        ));
    }
}
