//! `Upload-Metadata`: what a client says about a file.
//!
//! Pairs of a key and a value in Base64, separated by commas. The name, the media type and
//! the options are taken; all of it is returned as it came.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tonearm_options::{NAMES, Options, RequestedOptions};
use tonearm_web::file_name;
use tonearm_web::request::{self, Head};

use super::error::TusError;
use crate::{Error, Platform, limits};

const NAME: &str = "upload-metadata";
/// Most bytes of the header: it is kept with the upload.
const MAX_BYTES: usize = 4096;
/// Most bytes of the name of a batch.
const MAX_BATCH: usize = 64;
/// Most bytes of a media type.
const MAX_MEDIA_TYPE: usize = 127;

/// The metadata of an upload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// The header as it came.
    pub(super) raw: String,
    /// Keys, each once, and decoded values.
    pairs: Vec<(String, String)>,
}

impl Metadata {
    /// Reads the header. A request without it has no metadata.
    pub(super) fn of(head: &Head) -> Result<Self, TusError> {
        let Some(value) = head.headers().get(NAME) else {
            return Ok(Self::default());
        };
        if value.len() > MAX_BYTES {
            return Err(bad("at most 4096 bytes long"));
        }
        let valid = "keys, each once, with values in Base64: `filename dGFsay5tcDQ=,quality Mg==`";
        let raw = request::header(head, NAME).ok_or(bad(valid))?;
        Self::parse(raw).ok_or(bad(valid))
    }

    fn parse(raw: &str) -> Option<Self> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        // Some clients send an empty header in place of none.
        for pair in raw.split(',').filter(|_| !raw.trim().is_empty()) {
            let (key, value) = match pair.trim().split_once(' ') {
                Some((key, value)) => (key, STANDARD.decode(value.trim()).ok()?),
                None => (pair.trim(), Vec::new()),
            };
            if key.is_empty() || pairs.iter().any(|(known, _)| known == key) {
                return None;
            }
            let value = String::from_utf8_lossy(&value).into_owned();
            pairs.push((key.to_owned(), value));
        }
        Some(Self {
            raw: raw.trim().to_owned(),
            pairs,
        })
    }

    fn get(&self, keys: [&str; 2]) -> &str {
        let of = |key: &str| self.pairs.iter().find(|(known, _)| known == key);
        let found = keys
            .into_iter()
            .filter_map(of)
            .map(|(_, value)| value.as_str());
        let mut given = found.filter(|value| !value.trim().is_empty());
        given.next().unwrap_or_default()
    }

    /// The name of the file, safe to show.
    pub(super) fn file_name(&self) -> String {
        file_name::clean(self.get(["filename", "name"]))
    }

    /// The media type of the file.
    pub(super) fn media_type(&self) -> String {
        let given = self.get(["filetype", "type"]);
        let is_plain = given.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        match !given.is_empty() && is_plain && given.len() <= MAX_MEDIA_TYPE {
            true => given.to_owned(),
            false => "application/octet-stream".to_owned(),
        }
    }

    /// The batch of uploads that get one email, by a name that the client chose. What is no
    /// name is ignored, like any other key.
    pub(super) fn batch(&self) -> Option<String> {
        let name = self.get(["batch", "batch"]);
        let is_name = name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let is_valid = is_name && (1..=MAX_BATCH).contains(&name.len());
        is_valid.then(|| name.to_owned())
    }

    /// The options of the conversion. Other keys than their names are not options.
    pub(super) fn options<P: Platform>(&self, platform: &P) -> Result<Options, Error> {
        let mut requested = RequestedOptions::default();
        for (key, value) in &self.pairs {
            if NAMES.contains(&key.as_str()) {
                requested.set(key, value)?;
            }
        }
        Ok(requested.resolve(&limits::defaults(platform)?)?)
    }
}

fn bad(valid: &'static str) -> TusError {
    TusError::BadHeader { name: NAME, valid }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let metadata = Metadata::parse(
            "filename VMOkbHplci5tcDQ=,filetype dmlkZW8vbXA0, quality Mg==,is_confidential",
        )
        .unwrap();
        assert_eq!(metadata.file_name(), "Tälzer.mp4");
        assert_eq!(metadata.media_type(), "video/mp4");
        assert_eq!(metadata.pairs[2], ("quality".to_owned(), "2".to_owned()));
        assert_eq!(
            metadata.pairs[3],
            ("is_confidential".to_owned(), String::new())
        );
    }

    #[test]
    fn names_have_two_keys_and_a_default() {
        let name = |raw: &str| Metadata::parse(raw).unwrap().file_name();
        assert_eq!(name("name YS5tcDQ="), "a.mp4");
        assert_eq!(name("name YS5tcDQ=,filename Yi5tcDQ="), "b.mp4");
        assert_eq!(name("filename ,name YS5tcDQ="), "a.mp4");
        assert_eq!(name("filename Li4vLi4vZXRjL3Bhc3N3ZA=="), "passwd");
        for none in ["", " ", "filename", "relativePath bnVsbA=="] {
            assert_eq!(name(none), "upload", "{none:?}");
        }
    }

    #[test]
    fn a_media_type_is_one_line_of_ascii() {
        let media_type = |raw: &str| Metadata::parse(raw).unwrap().media_type();
        assert_eq!(
            media_type("type YXVkaW8vb2dnOyBjb2RlY3M9b3B1cw=="),
            "audio/ogg; codecs=opus"
        );
        // "a\r\nb"
        assert_eq!(media_type("type YQ0KYg=="), "application/octet-stream");
    }

    #[test]
    fn a_batch_has_a_plain_name() {
        let batch = |raw: &str| Metadata::parse(raw).unwrap().batch();
        assert_eq!(batch("batch YS1f").as_deref(), Some("a-_"));
        // "", "a b", "a:b"
        for bad in ["", "batch", "batch YSBi", "batch YTpi"] {
            assert_eq!(batch(bad), None, "{bad}");
        }
    }

    #[test]
    fn malformed_pairs_are_rejected() {
        for bad in [
            ",",
            "filename YQ==,",
            "filename YQ==,filename Yg==",
            "filename a",
            "filename ???",
            "filename YQ== YQ==",
        ] {
            assert_eq!(Metadata::parse(bad), None, "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_panics(raw in ".{0,200}") {
            if let Some(metadata) = Metadata::parse(&raw) {
                proptest::prop_assert!(!metadata.file_name().is_empty());
            }
        }
    }
}
