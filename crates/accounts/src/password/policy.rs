//! Which passwords may be chosen.
//!
//! NIST SP 800-63B, section 5.1.1.2: a minimum length in characters, none of the passwords
//! that are used most or that the context suggests, and no rules about which characters to
//! mix.

use crate::{AccountsError, Email};

const MIN_CHARS: usize = 8;
/// Fewer make a repetition such as `aaaaaaaa` or `abababab`.
const MIN_DIFFERENT_CHARS: usize = 3;
const PRODUCT: &str = "tonearm";

/// The most frequent passwords of at least eight characters, sorted, one a line: the first
/// 3,000 of the list of zxcvbn (MIT; see NOTICE) without those that other rules refuse.
const COMMON: &str = include_str!("common.txt");

const TOO_SHORT: AccountsError =
    AccountsError::Password("A password has at least 8 characters; any characters will do.");
pub(crate) const TOO_LONG: AccountsError =
    AccountsError::Password("A password has at most 1024 bytes.");
const REPETITION: AccountsError =
    AccountsError::Password("A password has at least 3 different characters.");
const TOO_COMMON: AccountsError = AccountsError::Password(
    "This password is one of the most common ones, which are guessed first. Choose another.",
);
const FROM_CONTEXT: AccountsError = AccountsError::Password(
    "A password must not be the email address, a part of it or the name of this service, \
     whatever digits and signs surround it.",
);

/// Checks a password in Normalization Form C for an account with this address.
///
/// # Errors
/// [`AccountsError::Password`] with the rule that it breaks.
pub(crate) fn check(password: &str, email: &Email) -> Result<(), AccountsError> {
    if password.chars().count() < MIN_CHARS {
        return Err(TOO_SHORT);
    }
    let mut seen: Vec<char> = Vec::with_capacity(MIN_DIFFERENT_CHARS);
    for char in password.chars() {
        if seen.len() < MIN_DIFFERENT_CHARS && !seen.contains(&char) {
            seen.push(char);
        }
    }
    if seen.len() < MIN_DIFFERENT_CHARS {
        return Err(REPETITION);
    }
    let lower = zeroize::Zeroizing::new(password.to_lowercase());
    if is_common(&lower) {
        return Err(TOO_COMMON);
    }
    if is_from_context(&lower, &email.lookup()) {
        return Err(FROM_CONTEXT);
    }
    Ok(())
}

fn is_common(lower: &str) -> bool {
    let mut list = COMMON;
    // A binary search over lines: without an index, the list costs its own size only.
    while !list.is_empty() {
        let middle = list.len() / 2;
        let before = list.as_bytes().get(..middle).unwrap_or_default();
        let start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        let (left, rest) = list.split_at(start);
        let (line, right) = rest.split_once('\n').unwrap_or((rest, ""));
        list = match line.cmp(lower) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => right,
            std::cmp::Ordering::Greater => left,
        };
    }
    false
}

/// Whether the password is the address, its local part or the product's name. Signs and
/// digits around either are left out.
fn is_from_context(lower: &str, email: &str) -> bool {
    let core = |text: &str| {
        text.trim_matches(|char: char| !char.is_alphabetic())
            .to_owned()
    };
    let local = email.split_once('@').map_or("", |(local, _)| local);
    let password = core(lower);
    lower == email
        || lower == local
        || [PRODUCT, email, local]
            .iter()
            .any(|word| !core(word).is_empty() && core(word) == password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Password;

    fn choose(text: &str) -> Option<AccountsError> {
        let email = Email::parse("Ada.Byron@example.com").unwrap();
        Password::choose(text.to_owned().into(), &email).err()
    }

    #[test]
    fn a_weak_password_is_refused_with_the_rule_that_it_breaks() {
        let cases = [
            ("", TOO_SHORT),
            ("äääääää", TOO_SHORT),
            ("ääää", TOO_SHORT),
            ("😀😀", TOO_SHORT),
            ("a\u{308}o\u{308}u\u{308}n\u{303}", TOO_SHORT),
            (&"ab".repeat(513), TOO_LONG),
            (&"ä".repeat(513), TOO_LONG),
            ("aaaaaaaa", REPETITION),
            ("abababab", REPETITION),
            ("        ", REPETITION),
            ("\0\0\0\0\0\0\0\0", REPETITION),
            ("password", TOO_COMMON),
            ("PassWord", TOO_COMMON),
            ("12345678", TOO_COMMON),
            ("trustno1", TOO_COMMON),
            ("tonearm1", FROM_CONTEXT),
            ("!Tonearm 2026!", FROM_CONTEXT),
            ("ada.byron@example.com", FROM_CONTEXT),
            ("ADA.BYRON@EXAMPLE.COM", FROM_CONTEXT),
            ("Ada.Byron", FROM_CONTEXT),
            ("1815ada.byron1852", FROM_CONTEXT),
        ];
        for (text, want) in cases {
            assert_eq!(choose(text), Some(want), "{text:?}");
        }
    }

    #[test]
    fn any_other_password_is_accepted() {
        let good = [
            "correct horse",
            "a-long-password",
            "pass:word",
            "tonearm and correct horse",
            "ada.byron likes horses",
            "äöüäöüäö",
            "😀😁😂😃😄😅😆😇",
            "8 chars.",
            &"abc ".repeat(256),
        ];
        for text in good {
            assert_eq!(choose(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_local_part_without_letters_refuses_only_itself() {
        let email = Email::parse("12345@example.com").unwrap();
        assert_eq!(check("8675309 x 1", &email), Ok(()));
        let email = Email::parse("20482049@example.com").unwrap();
        assert_eq!(check("20482049", &email), Err(FROM_CONTEXT));
    }

    #[test]
    fn every_common_password_is_found_and_the_list_is_sorted() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 2900 && lines.is_sorted());
        for line in lines {
            assert!(
                line.chars().count() >= MIN_CHARS && is_common(line),
                "{line}"
            );
            assert!(!is_common(&format!("{line}~")) && !is_common(&format!("{line} ")));
        }
        assert!(!is_common("") && !is_common("!") && !is_common("zzzzzzzzzzz~"));
    }
}
