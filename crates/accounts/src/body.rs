//! The two media types of a body, read strictly: a password that is not what was sent must
//! not be stored or compared.

use std::fmt;
use std::marker::PhantomData;

use percent_encoding::percent_decode;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};

use crate::AccountsError;

/// Added when a form body looks like a JSON document: `curl -d '{…}'` sends JSON
/// with the media type of a form.
pub(crate) const JSON_HINT: &str = " If the body is JSON, send `Content-Type: application/json`.";

/// The two media types of a body.
pub(crate) enum Media {
    Json,
    Form,
}

impl Media {
    /// Parses a `Content-Type` header.
    ///
    /// # Errors
    /// [`AccountsError::MediaType`].
    pub(crate) fn of(content_type: Option<&str>) -> Result<Self, AccountsError> {
        let media_type = content_type
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        match media_type.trim().to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::Json),
            "application/x-www-form-urlencoded" => Ok(Self::Form),
            _ => Err(AccountsError::MediaType),
        }
    }
}

/// The names and values of a form (WHATWG URL, section 5.1), which must be UTF-8. The
/// standard's own replacement of other bytes would make different passwords equal.
///
/// # Errors
/// [`AccountsError::BodyMalformed`].
pub(crate) fn form(body: &[u8]) -> Result<Vec<(String, String)>, AccountsError> {
    let fields = body.split(|byte| *byte == b'&');
    let fields = fields.filter(|field| !field.is_empty());
    let fields = fields.map(|field| {
        let end = field.iter().position(|byte| *byte == b'=');
        let (name, value) = field.split_at(end.unwrap_or(field.len()));
        Some((decoded(name)?, decoded(value.get(1..).unwrap_or_default())?))
    });
    let fields: Option<_> = fields.collect();
    fields.ok_or_else(|| {
        AccountsError::BodyMalformed("The fields of the form must be in UTF-8.".to_owned())
    })
}

/// Text of a form, or `None` if it is not UTF-8.
fn decoded(text: &[u8]) -> Option<String> {
    let space = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let text: Vec<u8> = text.iter().map(space).collect();
    let text = percent_decode(&text).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// Parses a JSON object. `rule` says what it must hold.
///
/// # Errors
/// [`AccountsError::BodyMalformed`], with the place. Serde would also take an array, as the
/// fields in their order.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8], rule: &str) -> Result<T, AccountsError> {
    let object: Object<T> =
        serde_json::from_slice(body).map_err(|error| malformed(&error, rule))?;
    Ok(object.0)
}

/// Where JSON is malformed, or that `rule` is broken there. Only the category is used: the
/// parser's message could contain a password.
fn malformed(error: &serde_json::Error, rule: &str) -> AccountsError {
    let what = match error.classify() {
        serde_json::error::Category::Data => rule,
        _ => "this is not JSON",
    };
    AccountsError::BodyMalformed(format!(
        "Line {}, column {}: {what}.",
        error.line(),
        // 0 if nothing of the line was read.
        error.column().max(1)
    ))
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Only(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let cases: [(&str, &[(&str, &str)]); 9] = [
            ("", &[]),
            ("a=1", &[("a", "1")]),
            ("a=1&b=2", &[("a", "1"), ("b", "2")]),
            ("a", &[("a", "")]),
            ("a=&=b", &[("a", ""), ("", "b")]),
            ("a=b=c", &[("a", "b=c")]),
            ("&&a=1&", &[("a", "1")]),
            ("a+b=c+d%2B", &[("a b", "c d+")]),
            ("a=%C3%A4%zz%", &[("a", "ä%zz%")]),
        ];
        for (body, want) in cases {
            let got = form(body.as_bytes()).unwrap();
            let got: Vec<_> = got.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(got, want, "{body}");
        }
    }

    #[test]
    fn a_form_in_another_encoding_is_refused() {
        let bodies: [&[u8]; 5] = [
            b"password=%FF",
            b"password=\xff",
            b"password=%E4ssword",
            b"password=%ED%A0%80",
            b"%FF=x&password=y",
        ];
        for body in bodies {
            let refusal =
                AccountsError::BodyMalformed("The fields of the form must be in UTF-8.".to_owned());
            assert_eq!(form(body), Err(refusal), "{body:?}");
        }
    }

    #[test]
    fn only_an_object_is_taken() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Pair {
            a: Option<String>,
            b: Option<bool>,
        }
        let pair: Pair = object(br#" {"a": "x", "b": true, "c": []} "#, "rule").unwrap();
        let want = Pair {
            a: Some("x".to_owned()),
            b: Some(true),
        };
        assert_eq!(pair, want);
        for body in [
            r#"["x",true]"#,
            "[]",
            "null",
            "1",
            r#""x""#,
            r#"[{"a":"x"}]"#,
        ] {
            match object::<Pair>(body.as_bytes(), "rule") {
                Err(AccountsError::BodyMalformed(why)) => {
                    assert!(why.ends_with(": rule."), "{why}")
                }
                other => panic!("{body}: {other:?}"),
            }
        }
    }
}
