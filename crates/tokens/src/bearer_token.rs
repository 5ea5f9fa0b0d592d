//! The `Authorization: Bearer` header (RFC 6750, section 2.1).

use crate::TokenError;

/// Returns the token in the value of an `Authorization` header.
///
/// The scheme is case-insensitive (RFC 9110, section 11.1). Only the alphabet
/// of the token is checked.
///
/// # Errors
/// [`TokenError::Missing`] for another scheme or no token,
/// [`TokenError::Malformed`] for characters that no token contains.
pub fn bearer_token(header: &str) -> Result<&str, TokenError> {
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
    fn valid_and_invalid_headers() {
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
            assert_eq!(bearer_token(header), want, "{header:?}");
        }
    }
}
