//! Password hashes: Argon2id as PHC strings
//! (`$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`).
//!
//! The cost follows OWASP's first recommendation for Argon2id: 19 MiB, two
//! passes, one lane. Each hash records its own cost, so existing accounts keep
//! working after a change.
//!
//! All accounts of an address have the same salt and cost, so that a password is hashed once
//! and compared with each of them. Otherwise the time of a login would reveal how many there
//! are.

use std::cell::Cell;

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::password_hash::{CustomizedPasswordHasher, PasswordHasher};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{AccountsError, Password};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of an unknown password at the same cost. Verifying against it makes
/// an unknown address take as long as a known one.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dG9uZWFybS1kdW1teQ\
                     $c0JPbmx5Rm9yVGltaW5nQnV0T2ZGdWxsTGVuZ3RoISE";

thread_local! {
    static COMPUTED: Cell<u64> = const { Cell::new(0) };
}

/// How many hashes this thread has computed. Tests compare the work of two requests by it.
#[doc(hidden)]
pub fn hashes_computed() -> u64 {
    COMPUTED.get()
}

fn argon2() -> Result<Argon2<'static>, AccountsError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(error)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn parse(hash: &str) -> Result<PasswordHash, AccountsError> {
    PasswordHash::new(hash).map_err(error)
}

fn error(error: impl std::fmt::Display) -> AccountsError {
    AccountsError::Hash(error.to_string())
}

/// Hashes a new password: with the salt and the cost of `like`, a hash of another account of
/// the address, or with a random salt of 16 bytes.
///
/// # Errors
/// [`AccountsError::Hash`] if `like` is unreadable, or memory or random numbers run out.
pub(crate) fn make(password: &Password, like: Option<&str>) -> Result<String, AccountsError> {
    let Some(like) = like else {
        COMPUTED.set(COMPUTED.get() + 1);
        return argon2()?
            .hash_password(password.as_bytes())
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(error);
    };
    Ok(compute(password.as_bytes(), &parse(like)?)?.to_string())
}

/// Whether `hash` has the salt and cost of `other`, so that both can be compared with one
/// computation.
pub(crate) fn is_like(hash: &str, other: &str) -> bool {
    let head = |hash: &str| hash.rsplit_once('$').map(|(head, _)| head.to_owned());
    head(hash) == head(other)
}

/// The index of the first hash that the password matches.
///
/// It costs one computation, with the salt of the first hash or, without one, of a dummy. A
/// password that is not in Normalization Form C costs two, because earlier releases hashed
/// it as sent. Hashes with another salt do not match: only instances of an earlier release
/// make them, beside this one and only while an update rolls out.
///
/// # Errors
/// [`AccountsError::Hash`] if a hash is unreadable or memory runs out.
pub(crate) fn matching(
    password: &Password,
    hashes: &[&str],
) -> Result<Option<usize>, AccountsError> {
    let like = hashes.first().copied().unwrap_or(DUMMY);
    let shape = parse(like)?;
    let mut outputs: Vec<Option<Output>> = vec![compute(password.as_bytes(), &shape)?.hash];
    if let Some(sent) = password.as_sent() {
        outputs.push(compute(sent, &shape)?.hash);
    }
    let mut found = None;
    for (index, hash) in hashes.iter().enumerate() {
        let stored = parse(hash)?;
        // `Output` is compared in constant time. All are compared, whichever matches.
        let equal = outputs.iter().fold(false, |equal, output| {
            equal | (output.is_some() && *output == stored.hash)
        });
        if equal && is_like(hash, like) && found.is_none() {
            found = Some(index);
        }
    }
    Ok(found)
}

/// Hashes with the algorithm, salt and cost of `shape`.
fn compute(password: &[u8], shape: &PasswordHash) -> Result<PasswordHash, AccountsError> {
    COMPUTED.set(COMPUTED.get() + 1);
    let salt = shape
        .salt
        .ok_or_else(|| error("the stored hash has no salt"))?;
    argon2()?
        .hash_password_customized(
            password,
            &salt,
            Some(shape.algorithm.as_str()),
            shape.version,
            Params::try_from(shape).map_err(error)?,
        )
        .map_err(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn password(text: &str) -> Password {
        Password::attempt(Zeroizing::new(text.to_owned())).unwrap()
    }

    fn verify(text: &str, hashes: &[&str]) -> Option<usize> {
        matching(&password(text), hashes).unwrap()
    }

    #[test]
    fn only_the_right_password_matches() {
        let hash = make(&password("correct horse"), None).unwrap();
        assert_ne!(
            hash,
            make(&password("correct horse"), None).unwrap(),
            "salted"
        );
        assert_eq!(verify("correct horse", &[&hash]), Some(0));
        assert_eq!(verify("correct hors3", &[&hash]), None);
        assert_eq!(verify("correct horse", &[]), None);
    }

    #[test]
    fn the_accounts_of_an_address_cost_one_computation() {
        let first = make(&password("correct horse"), None).unwrap();
        let second = make(&password("battery staple"), Some(&first)).unwrap();
        assert!(is_like(&first, &second));
        let before = hashes_computed();
        assert_eq!(verify("battery staple", &[&first, &second]), Some(1));
        assert_eq!(verify("correct horse", &[&first, &second]), Some(0));
        assert_eq!(verify("neither", &[&first, &second]), None);
        assert_eq!(verify("neither", &[]), None);
        assert_eq!(hashes_computed() - before, 4);
    }

    #[test]
    fn either_form_of_a_character_matches_the_hash_of_an_earlier_release() {
        let (composed, decomposed) = ("pässwörd!", "pa\u{308}sswo\u{308}rd!");
        let normal = make(&password(decomposed), None).unwrap();
        assert_eq!(verify(composed, &[&normal]), Some(0));
        assert_eq!(verify(decomposed, &[&normal]), Some(0));
        let raw: PasswordHash = argon2()
            .unwrap()
            .hash_password(decomposed.as_bytes())
            .unwrap();
        let raw = raw.to_string();
        let before = hashes_computed();
        assert_eq!(verify(decomposed, &[&raw]), Some(0), "as it was registered");
        assert_eq!(verify(decomposed, &[]), None);
        assert_eq!(hashes_computed() - before, 4, "two each, whatever matches");
        assert_eq!(verify(composed, &[&raw]), None);
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
        let made = make(&password("correct horse"), None).unwrap();
        assert_eq!(shape(&made), shape(DUMMY));
        assert!(
            made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{made}"
        );
    }

    #[test]
    fn a_broken_hash_is_an_error() {
        assert!(matches!(
            matching(&password("x y z 1 2"), &["x"]),
            Err(AccountsError::Hash(_))
        ));
    }
}
