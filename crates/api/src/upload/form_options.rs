//! The options of an upload: query parameters and text fields of the form.
//!
//! They apply to all files of the upload, wherever they stand in the form: jobs are
//! created only when the whole form has been read.

use tonearm_options::{Defaults, NAMES, Options, RequestedOptions};
use tonearm_web::request::{self, Head};

use crate::{Error, Platform, limits};

/// Most bytes of a text field. The longest valid value has a quarter of it.
const MAX_FIELD_BYTES: usize = 4096;

/// Options while the form is being read.
pub(super) struct FormOptions {
    defaults: Defaults,
    requested: RequestedOptions,
    /// The name and the bytes so far of the text field that is being read.
    field: Option<(String, Vec<u8>)>,
}

impl FormOptions {
    /// Starts with the query parameters. A contradiction among them is refused before
    /// the form is read.
    pub(super) fn new<P: Platform>(platform: &P, head: &Head) -> Result<Self, Error> {
        let defaults = limits::defaults(platform)?;
        let mut requested = RequestedOptions::default();
        for (name, value) in request::query_pairs(head) {
            requested.set(&name, &value)?;
        }
        requested.resolve(&defaults)?;
        Ok(Self {
            defaults,
            requested,
            field: None,
        })
    }

    /// Starts a text field. An unknown name is refused before its value is read.
    pub(super) fn begin(&mut self, name: Option<&str>) -> Result<(), Error> {
        let name = match name {
            Some("file") => {
                let hint = "It holds text. Is the @ missing in curl -F 'file=@video.mp4'?";
                return Err(bad_field("file", hint));
            }
            None => {
                let hint = "A part has no name. Files go into the field file.";
                return Err(bad_field("", hint));
            }
            Some(name) => name,
        };
        self.requested.set(name, "")?;
        self.field = Some((name.to_owned(), Vec::new()));
        Ok(())
    }

    /// Takes more bytes of the text field, if one is being read.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some((name, text)) = &mut self.field {
            if text.len() + bytes.len() > MAX_FIELD_BYTES {
                let hint = format!("It is longer than {MAX_FIELD_BYTES} bytes.");
                return Err(bad_field(name, hint));
            }
            text.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Ends the text field, if one is being read.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        if let Some((name, text)) = self.field.take() {
            let text = String::from_utf8(text)
                .map_err(|_| bad_field(&name, "It is not text in UTF-8."))?;
            self.requested.set(&name, &text)?;
        }
        Ok(())
    }

    /// The options of all files.
    pub(super) fn resolve(&self) -> Result<Options, Error> {
        Ok(self.requested.resolve(&self.defaults)?)
    }
}

/// Refuses a file in the field of an option.
pub(super) fn refuse_file(name: Option<&str>) -> Result<(), Error> {
    match name.filter(|name| NAMES.contains(name)) {
        Some(name) => Err(bad_field(
            name,
            "It is an option and takes text, not a file.",
        )),
        None => Ok(()),
    }
}

fn bad_field(field: &str, hint: impl Into<String>) -> Error {
    Error::BadField {
        field: field.to_owned(),
        hint: hint.into(),
    }
}
