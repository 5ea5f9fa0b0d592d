//! Email addresses.
//!
//! The grammar is that of HTML's email field: the addresses that people have
//! and that email APIs accept. It is narrower than RFC 5322: no comments, no
//! quoted parts, no address literals, ASCII only. International domains come
//! in their `xn--` form. The length limits are those of RFC 5321, section
//! 4.5.3.1, and its erratum 1690.

use std::fmt;

use crate::AccountsError;

const RULE: &str = "An email address looks like name@example.com: one @, letters, digits and \
                    common signs, at most 64 characters before the @ and 254 in all.";
const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;
/// RFC 1035, section 2.3.4.
const MAX_LABEL_BYTES: usize = 63;

/// An email address, with its domain in lower case and its local part as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address. Surrounding white space is ignored.
    ///
    /// # Errors
    /// [`AccountsError::Email`], with the rule.
    pub fn parse(text: &str) -> Result<Self, AccountsError> {
        let text = text.trim();
        let good = text.len() <= MAX_BYTES
            && text.split_once('@').is_some_and(|(local, domain)| {
                local_is_good(local) && domain.split('.').all(label_is_good)
            });
        match text.split_once('@') {
            Some((local, domain)) if good => {
                Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
            }
            _ => Err(AccountsError::Email(RULE)),
        }
    }

    /// The address for display and delivery.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key for lookups: the whole address in lower case.
    ///
    /// RFC 5321 leaves the case of the local part to the receiving server. In
    /// practice no server distinguishes `Ada@` from `ada@`, and people type
    /// both, so addresses that differ only in case belong to one account.
    pub fn lookup(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks the local part: no leading, trailing or consecutive dots (RFC 5321,
/// `Dot-string`).
fn local_is_good(local: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    local.len() <= MAX_LOCAL_BYTES
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(sign))
}

fn label_is_good(label: &str) -> bool {
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn valid_addresses() {
        let cases = [
            ("ada@example.com", "ada@example.com", "ada@example.com"),
            (
                "  Ada.L@Example.COM\n",
                "Ada.L@example.com",
                "ada.l@example.com",
            ),
            ("a+b@localhost", "a+b@localhost", "a+b@localhost"),
            ("o'neil@x-y.co.uk", "o'neil@x-y.co.uk", "o'neil@x-y.co.uk"),
            (
                "x@xn--bcher-kva.example",
                "x@xn--bcher-kva.example",
                "x@xn--bcher-kva.example",
            ),
        ];
        for (text, shown, lookup) in cases {
            let email = Email::parse(text).unwrap();
            assert_eq!((email.as_str(), email.lookup().as_str()), (shown, lookup));
        }
    }

    #[test]
    fn invalid_addresses() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}.com", ["b"; 126].join("."));
        let long_label = format!("a@{}.com", "b".repeat(64));
        let cases = [
            "",
            "@",
            "a",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "a@b c",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a@.b",
            "a@b.",
            "a@b..c",
            "a@-b",
            "a@b-",
            "a@b_c",
            "a\r\nBcc: x@y",
            "a@b\r\nBcc: x@y",
            "<a@b>",
            "A <a@b>",
            "a,b@c",
            "\"a\"@b",
            "a@[127.0.0.1]",
            "ä@b",
            "a@ä",
            "a\0@b",
            "a:b@c",
            &long_local,
            &long,
            &long_label,
        ];
        for text in cases {
            assert_eq!(
                Email::parse(text),
                Err(AccountsError::Email(RULE)),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,80}|[a-zA-Z.+@-]{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert!(email.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
