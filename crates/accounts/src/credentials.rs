//! Email and password from a request.
//!
//! | form | request |
//! |---|---|
//! | HTTP Basic | `Authorization: Basic …`; takes precedence over a body |
//! | JSON | `application/json`, `{"email": …, "password": …}` |
//! | form | `application/x-www-form-urlencoded`, fields `email` and `password` |

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::body::{self, JSON_HINT, Media};
use crate::{AccountsError, basic};

/// Email and password of a request, not yet validated.
pub struct Credentials {
    /// The email address as sent.
    pub email: String,
    /// The password as sent.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Body {
    email: Option<String>,
    password: Option<String>,
}

impl Credentials {
    /// Reads the credentials from a request's `Authorization` header,
    /// `Content-Type` header and body.
    ///
    /// # Errors
    /// [`AccountsError::CredentialsMissing`] without header and body;
    /// `BasicMalformed`, `MediaType`, `BodyMalformed` or `FieldMissing` if
    /// they are invalid.
    pub fn from_request(
        authorization: Option<&str>,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<Self, AccountsError> {
        if let Some(header) = authorization {
            return basic::parse(header);
        }
        if body.is_empty() {
            return Err(AccountsError::CredentialsMissing);
        }
        match Media::of(content_type)? {
            Media::Json => Self::from_json(body),
            Media::Form => Self::from_form(body),
        }
    }

    fn from_json(body: &[u8]) -> Result<Self, AccountsError> {
        let rule = "email and password must be strings in one JSON object";
        let body: Body = body::object(body, rule)?;
        Self::complete(body.email, body.password.map(Zeroizing::new), "")
    }

    fn from_form(body: &[u8]) -> Result<Self, AccountsError> {
        let (mut email, mut password) = (None, None);
        for (name, value) in body::form(body)? {
            match name.as_str() {
                "email" => email = Some(value),
                "password" => password = Some(Zeroizing::new(value)),
                _ => {}
            }
        }
        let hint = if body.trim_ascii_start().starts_with(b"{") {
            JSON_HINT
        } else {
            ""
        };
        Self::complete(email, password, hint)
    }

    fn complete(
        email: Option<String>,
        password: Option<Zeroizing<String>>,
        hint: &'static str,
    ) -> Result<Self, AccountsError> {
        Ok(Self {
            email: email.ok_or(AccountsError::FieldMissing("email", hint))?,
            password: password.ok_or(AccountsError::FieldMissing("password", hint))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json; charset=utf-8");
    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

    fn take(
        authorization: Option<&str>,
        content_type: Option<&str>,
        body: &str,
    ) -> Result<(String, String), AccountsError> {
        Credentials::from_request(authorization, content_type, body.as_bytes())
            .map(|got| (got.email, got.password.to_string()))
    }

    #[test]
    fn credentials_come_in_three_forms() {
        let want = Ok(("a@b".to_owned(), "p:w +ä".to_owned()));
        assert_eq!(take(Some("Basic YUBiOnA6dyArw6Q="), None, ""), want);
        assert_eq!(
            take(Some("Basic YUBiOnA6dyArw6Q="), JSON, "{"),
            want,
            "the header takes precedence"
        );
        assert_eq!(
            take(None, JSON, r#"{"email":"a@b","password":"p:w +ä","x":1}"#),
            want
        );
        assert_eq!(
            take(None, FORM, "email=a%40b&password=p%3Aw+%2B%C3%A4"),
            want
        );
    }

    #[test]
    fn each_error_names_its_cause() {
        let malformed = |text: &str| Err(AccountsError::BodyMalformed(text.to_owned()));
        let missing = |field, hint| Err(AccountsError::FieldMissing(field, hint));
        let strings = "email and password must be strings in one JSON object";
        let cases = [
            (None, "", Err(AccountsError::CredentialsMissing)),
            (JSON, "", Err(AccountsError::CredentialsMissing)),
            (None, "x", Err(AccountsError::MediaType)),
            (Some("text/plain"), "x", Err(AccountsError::MediaType)),
            (
                Some("multipart/form-data"),
                "x",
                Err(AccountsError::MediaType),
            ),
            (JSON, "{", malformed("Line 1, column 1: this is not JSON.")),
            (
                JSON,
                "[1]",
                malformed(&format!("Line 1, column 1: {strings}.")),
            ),
            (
                JSON,
                r#"{"email":7}"#,
                malformed(&format!("Line 1, column 10: {strings}.")),
            ),
            (JSON, "{}", missing("email", "")),
            (JSON, r#"{"email":"a@b"}"#, missing("password", "")),
            (
                JSON,
                r#"{"email":"a@b","password":null}"#,
                missing("password", ""),
            ),
            (FORM, "password=x", missing("email", "")),
            (FORM, r#"{"email":"a@b"}"#, missing("email", JSON_HINT)),
        ];
        for (content_type, body, want) in cases {
            assert_eq!(
                take(None, content_type, body),
                want,
                "{content_type:?} {body:?}"
            );
        }
    }

    #[test]
    fn debug_shows_no_password() {
        let got = Credentials::from_request(Some("Basic YUBiOnA6dyArw6Q="), None, b"").unwrap();
        assert_eq!(format!("{got:?}"), r#"Credentials { email: "a@b", .. }"#);
    }
}
