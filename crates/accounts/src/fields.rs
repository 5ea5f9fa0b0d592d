//! The fields of a request, from JSON or a form.

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::AccountsError;
use crate::body::{self, JSON_HINT, Media};
use crate::delivery::links::LinkToken;

/// Fields of a request about an account. Each route has some of them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    email: Option<String>,
    password: Option<Secret>,
    new_password: Option<Secret>,
    token: Option<Secret>,
    mails: Option<Flag>,
    #[serde(skip)]
    hint: &'static str,
}

#[derive(Deserialize)]
#[serde(from = "String")]
struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// A form has no other way to write a flag than text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Is(bool),
    Text(String),
}

impl Fields {
    /// Reads the fields of a body. Unknown fields are ignored.
    ///
    /// # Errors
    /// `MediaType`, or `BodyMalformed` with the reason.
    pub fn from_request(content_type: Option<&str>, body: &[u8]) -> Result<Self, AccountsError> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        match Media::of(content_type)? {
            Media::Json => body::object(body, "the fields must be texts in one JSON object"),
            Media::Form => Self::from_form(body),
        }
    }

    fn from_form(body: &[u8]) -> Result<Self, AccountsError> {
        let mut fields = Self::default();
        if body.trim_ascii_start().starts_with(b"{") {
            fields.hint = JSON_HINT;
        }
        for (name, value) in body::form(body)? {
            match name.as_str() {
                "email" => fields.email = Some(value),
                "password" => fields.password = Some(value.into()),
                "new_password" => fields.new_password = Some(value.into()),
                "token" => fields.token = Some(value.into()),
                "mails" => fields.mails = Some(Flag::Text(value)),
                _ => {}
            }
        }
        Ok(fields)
    }

    /// The address, not yet validated.
    ///
    /// # Errors
    /// `FieldMissing`.
    pub fn email(&mut self) -> Result<String, AccountsError> {
        let hint = self.hint;
        self.email
            .take()
            .ok_or(AccountsError::FieldMissing("email", hint))
    }

    /// The password, not yet validated.
    ///
    /// # Errors
    /// `FieldMissing`.
    pub fn password(&mut self) -> Result<Zeroizing<String>, AccountsError> {
        let secret = self.password.take();
        self.secret(secret, "password")
    }

    /// The new password, not yet validated.
    ///
    /// # Errors
    /// `FieldMissing`.
    pub fn new_password(&mut self) -> Result<Zeroizing<String>, AccountsError> {
        let secret = self.new_password.take();
        self.secret(secret, "new_password")
    }

    /// The token of a link.
    ///
    /// # Errors
    /// `FieldMissing`, or `LinkInvalid` for a text that is no token.
    pub fn token(&mut self) -> Result<LinkToken, AccountsError> {
        let secret = self.token.take();
        LinkToken::parse(&self.secret(secret, "token")?)
    }

    /// Whether mails about jobs are wanted.
    ///
    /// # Errors
    /// `FieldMissing`, or `BodyMalformed` for another value than true or false.
    pub fn mails(&self) -> Result<bool, AccountsError> {
        match &self.mails {
            Some(Flag::Is(wanted)) => Ok(*wanted),
            Some(Flag::Text(text)) => text.parse().map_err(|_| {
                AccountsError::BodyMalformed("The field mails must be true or false.".to_owned())
            }),
            None => Err(AccountsError::FieldMissing("mails", self.hint)),
        }
    }

    fn secret(
        &self,
        secret: Option<Secret>,
        name: &'static str,
    ) -> Result<Zeroizing<String>, AccountsError> {
        secret
            .map(|secret| secret.0)
            .ok_or(AccountsError::FieldMissing(name, self.hint))
    }
}
