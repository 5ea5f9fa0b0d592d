//! The `Authorization: Bearer` header (RFC 6750, section 2.1).

use crate::TokenError;

/// The token in an `Authorization` header's value.
///
/// The scheme's case does not matter (RFC 9110, section 11.1). The token is
/// not looked at beyond its alphabet.
///
/// # Errors
/// [`TokenError::Missing`] for another scheme or nothing after it,
/// [`TokenError::Malformed`] for characters that no token has.
pub fn parse(header: &str) -> Result<&str, TokenError> {
    let (scheme, rest) = header.trim().split_once(' ').ok_or(TokenError::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(TokenError::Missing);
    }
    let token = rest.trim();
    if token.is_empty() {
        return Err(TokenError::Missing);
    }
    let base64url_or_dot = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !token.bytes().all(base64url_or_dot) {
        return Err(TokenError::Malformed);
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let cases = [
            ("Bearer a.b.c", Ok("a.b.c")),
            ("bearer a.b.c", Ok("a.b.c")),
            (" BEARER   a-_.b.c ", Ok("a-_.b.c")),
            ("Bearer", Err(TokenError::Missing)),
            ("Bearer ", Err(TokenError::Missing)),
            ("", Err(TokenError::Missing)),
            ("Basic YTpi", Err(TokenError::Missing)),
            ("Bearer a b", Err(TokenError::Malformed)),
            ("Bearer a.b.c,", Err(TokenError::Malformed)),
            ("Bearer ä", Err(TokenError::Malformed)),
        ];
        for (header, want) in cases {
            assert_eq!(parse(header), want, "{header:?}");
        }
    }
}
