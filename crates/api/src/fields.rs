//! The fields of a small body: a form (WHATWG URL, section 5) or a JSON object.

use http::header;
use serde_json::Value;
use tonearm_web::request::{self, Head};

use crate::Error;

/// Names and texts, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// Reads the body of a request. A body without a media type is a form.
    ///
    /// # Errors
    /// [`Error::BadMediaType`], and [`Error::BadValue`] for a body of another form.
    pub fn parse(head: &Head, body: &[u8]) -> Result<Self, Error> {
        let media_type = request::header(head, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => Self::of_json(body),
            "" | "application/x-www-form-urlencoded" => Self::of_form(body),
            _ => Err(Error::BadMediaType),
        }
    }

    fn of_form(body: &[u8]) -> Result<Self, Error> {
        let pairs = form_urlencoded::parse(body).into_owned();
        let fields: Vec<_> = pairs.collect();
        let is_damaged = fields
            .iter()
            .any(|(name, text)| name.contains('\u{FFFD}') || text.contains('\u{FFFD}'));
        match is_damaged {
            true => Err(bad("", "the form must be text in UTF-8.")),
            false => Ok(Self(fields)),
        }
    }

    fn of_json(body: &[u8]) -> Result<Self, Error> {
        let object: serde_json::Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| bad("", "the body must be a JSON object."))?;
        let field = |(name, value): (String, Value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Number(number) => Ok((name, number.to_string())),
            Value::Bool(flag) => Ok((name, flag.to_string())),
            Value::Null => Ok((name, String::new())),
            Value::Array(_) | Value::Object(_) => {
                Err(bad(&name, "it must be a text, a number or a truth value."))
            }
        };
        object
            .into_iter()
            .map(field)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The text of the first field `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.as_str())
    }
}

/// A field with a value that is not valid.
pub(crate) fn bad(field: &str, hint: &str) -> Error {
    Error::BadValue {
        field: field.to_owned(),
        hint: hint.to_owned(),
    }
}
