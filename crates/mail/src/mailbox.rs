//! A mailbox: an address with an optional display name, in the common forms of
//! RFC 5322, section 3.4.

use std::fmt;

use crate::MailError;

/// A sender or recipient. Neither part can break out of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: Option<String>,
    address: String,
}

impl Mailbox {
    /// Parses `user@host` or `Name <user@host>`; the name may be quoted.
    ///
    /// # Errors
    /// [`MailError::Address`].
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|t| t.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        let name = name
            .strip_prefix('"')
            .and_then(|n| n.strip_suffix('"'))
            .unwrap_or(name);
        let good_address = address.len() <= 254
            && address.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty() && !host.is_empty() && !host.contains('@')
            })
            // No character that could end the address or start another one.
            && address.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b));
        let good_name = !name.chars().any(|c| c.is_control() || "<>\"\\".contains(c));
        if good_address && good_name {
            Ok(Self {
                name: (!name.is_empty()).then(|| name.to_owned()),
                address: address.to_owned(),
            })
        } else {
            Err(MailError::Address)
        }
    }

    /// The display name, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address without the name.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Display for Mailbox {
    /// The form that APIs accept. The name is quoted where necessary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
        match &self.name {
            None => f.write_str(&self.address),
            Some(name) if name.chars().all(plain) => write!(f, "{name} <{}>", self.address),
            Some(name) => write!(f, "\"{name}\" <{}>", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_forms() {
        let cases = [
            ("a@b", None, "a@b", "a@b"),
            (" a@b ", None, "a@b", "a@b"),
            ("<a@b>", None, "a@b", "a@b"),
            ("Ton Arm <a@b>", Some("Ton Arm"), "a@b", "Ton Arm <a@b>"),
            (
                "\"Arm, Ton\" <a@b>",
                Some("Arm, Ton"),
                "a@b",
                "\"Arm, Ton\" <a@b>",
            ),
            ("T. Arm <a@b>", Some("T. Arm"), "a@b", "\"T. Arm\" <a@b>"),
            ("Töne <a@b>", Some("Töne"), "a@b", "Töne <a@b>"),
        ];
        for (text, name, address, shown) in cases {
            let got = Mailbox::parse(text).unwrap();
            assert_eq!((got.name(), got.address()), (name, address));
            assert_eq!(got.to_string(), shown);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b, c@d",
            "a@b;c@d",
            "a@b\r\nBcc: c@d",
            "X\r\nBcc: c@d <a@b>",
            "X <a@b> <c@d>",
            "X <a@b",
            "\"X\\\" <a@b>",
            "ä@b",
        ] {
            assert_eq!(Mailbox::parse(text), Err(MailError::Address), "{text:?}");
        }
    }
}
