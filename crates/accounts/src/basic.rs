//! HTTP Basic credentials (RFC 7617), in UTF-8.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::{AccountsError, Credentials};

/// Some clients omit the padding, and refusing them gains nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Parses the value of an `Authorization` header. The user ends at the first
/// colon; the password may contain colons.
///
/// # Errors
/// [`AccountsError::BasicMalformed`] if the scheme is not Basic, or the rest
/// is not base64 of UTF-8 text with a colon.
pub(crate) fn parse(header: &str) -> Result<Credentials, AccountsError> {
    let malformed = AccountsError::BasicMalformed;
    let (scheme, encoded) = header.trim().split_once(' ').ok_or(malformed.clone())?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed);
    }
    let bytes = Zeroizing::new(
        BASE64
            .decode(encoded.trim())
            .map_err(|_| malformed.clone())?,
    );
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed.clone())?;
    let (email, password) = text.split_once(':').ok_or(malformed)?;
    Ok(Credentials {
        email: email.to_owned(),
        password: Zeroizing::new(password.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_and_malformed_headers() {
        let encode = |text: &[u8]| base64::engine::general_purpose::STANDARD.encode(text);
        let good = [
            ("a@b:secret", "a@b", "secret"),
            ("a@b:se:cr:et", "a@b", "se:cr:et"),
            ("a@b:", "a@b", ""),
            (":x", "", "x"),
            ("a@b:pässwörd", "a@b", "pässwörd"),
        ];
        for (text, email, password) in good {
            for scheme in ["Basic ", "basic  ", " BASIC "] {
                let got = parse(&format!("{scheme}{}", encode(text.as_bytes()))).unwrap();
                assert_eq!(
                    (got.email.as_str(), got.password.as_str()),
                    (email, password)
                );
            }
        }
        let bad = [
            String::new(),
            "Basic".to_owned(),
            "Basic !!!".to_owned(),
            "Bearer YTpi".to_owned(),
            format!("Basic {}", encode(b"no colon")),
            format!("Basic {}", encode(b"a:\xff")),
            format!("Basic {} x", encode(b"a:b")),
        ];
        for header in bad {
            assert_eq!(
                parse(&header).err(),
                Some(AccountsError::BasicMalformed),
                "{header:?}"
            );
        }
        assert!(parse("Basic YTpiYw").is_ok(), "missing padding");
    }
}
