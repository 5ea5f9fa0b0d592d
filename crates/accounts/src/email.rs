//! Email addresses.
//!
//! The grammar is the one of HTML's email field: what people have and what
//! email APIs take, not all that RFC 5322 allows (no comments, no quoted
//! parts, no address literals, ASCII only: international domains come as
//! `xn--`). The lengths are those of RFC 5321, section 4.5.3.1, and its
//! erratum 1690.

use std::fmt;

use crate::AccountsError;

const RULE: &str = "An email address looks like name@example.com: one @, letters, digits and \
                    common signs, at most 64 characters before the @ and 254 in all.";
const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;
/// RFC 1035, section 2.3.4.
const MAX_LABEL_BYTES: usize = 63;

/// An email address, its domain in lower case, its local part as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address; white space around it does not matter.
    ///
    /// # Errors
    /// [`AccountsError::Email`] with the rule.
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

    /// The address to show and to send mail to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address to look up by: all of it in lower case.
    ///
    /// RFC 5321 leaves the local part's case to the receiving server, but none
    /// of today's tells `Ada@` from `ada@`, while people type both. Two
    /// accounts that differ in case only would be a trap, so they are one.
    pub fn lookup(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A dot may not stand first, last or beside another (RFC 5321, `Dot-string`).
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
    fn good_ones() {
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
    fn bad_ones() {
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
        fn what_parses_stays_as_it_is(text in "\\PC{0,80}|[a-zA-Z.+@-]{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert!(email.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
