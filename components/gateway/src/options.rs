//! The options of an upload: its query's parameters and its form's text fields.
//!
//! All of them hold for all files of the upload, wherever in the form they
//! stand: jobs are made only when all of it is in.

use tonearm_options::{Defaults, Given, NAMES, OptionError, Options};
use tonearm_problem::Problem;
use tonearm_spin_runtime::request::{self, Head};
use tonearm_spin_runtime::{ConfigError, variables};

use crate::error::Error;

/// Most bytes of a text field. The longest valid text has a quarter of it.
const LONGEST: usize = 4096;

/// Options as they come in.
pub struct Incoming {
    defaults: Defaults,
    given: Given,
    /// The text field being read: its name and its bytes so far.
    field: Option<(String, Vec<u8>)>,
}

impl Incoming {
    /// Begins with the query of the request.
    pub fn new(head: &Head) -> Result<Self, Error> {
        let defaults =
            Defaults::read(variables::text, |name, valid| ConfigError::new(name, valid))?;
        let mut given = Given::default();
        for (name, value) in request::query_pairs(head) {
            given.set(&name, &value).map_err(problem)?;
        }
        let incoming = Self {
            defaults,
            given,
            field: None,
        };
        // A contradiction is told before the files come in where it can be.
        incoming.settle()?;
        Ok(incoming)
    }

    /// A text field begins.
    pub fn begin(&mut self, name: Option<&str>) -> Result<(), Error> {
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
        // Unknown names are refused before anything of them is kept.
        self.given.set(name, "").map_err(problem)?;
        self.field = Some((name.to_owned(), Vec::new()));
        Ok(())
    }

    /// More of the text field.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some((name, text)) = &mut self.field {
            if text.len() + bytes.len() > LONGEST {
                let hint = format!("It is longer than {LONGEST} bytes.");
                return Err(bad_field(name, &hint));
            }
            text.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The text field is complete.
    pub fn end(&mut self) -> Result<(), Error> {
        if let Some((name, text)) = self.field.take() {
            let text = String::from_utf8(text)
                .map_err(|_| bad_field(&name, "It is not text in UTF-8."))?;
            self.given.set(&name, &text).map_err(problem)?;
        }
        Ok(())
    }

    /// What holds for the whole upload.
    pub fn settle(&self) -> Result<Options, Error> {
        self.given.settle(&self.defaults).map_err(problem)
    }
}

/// Refuses a file in the field of an option.
pub fn refuse_file(name: Option<&str>) -> Result<(), Error> {
    match name.filter(|name| NAMES.contains(name)) {
        Some(name) => Err(bad_field(
            name,
            "It is an option and takes text, not a file.",
        )),
        None => Ok(()),
    }
}

fn problem(error: OptionError) -> Error {
    let title = match error {
        OptionError::Unknown { .. } => "Unknown option",
        _ => "Bad option",
    };
    Problem::new(400, error.code(), title)
        .detail(format!(
            "Option {:?}: {error}. Nothing was kept.",
            error.field()
        ))
        .field(error.field())
        .into()
}

fn bad_field(field: &str, hint: &str) -> Error {
    Problem::new(400, "bad_field", "Bad field")
        .detail(format!("Field {field:?}: {hint} Nothing was kept."))
        .field(field)
        .into()
}
