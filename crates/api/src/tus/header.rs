//! The headers of the protocol, as types.

use tonearm_web::request::{self, Head};

use super::error::TusError;

/// The media type of the bytes of an upload.
const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

/// Refuses another version of the protocol than 1.0.0.
pub(super) fn require_version(head: &Head) -> Result<(), TusError> {
    match request::header(head, "tus-resumable") {
        Some(super::VERSION) => Ok(()),
        _ => Err(TusError::Version),
    }
}

/// Whether the body has bytes of an upload.
pub(super) fn has_bytes(head: &Head) -> bool {
    let media_type = request::header(head, "content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(OFFSET_OCTET_STREAM)
}

/// `Upload-Offset`.
pub(super) fn offset(head: &Head) -> Result<u64, TusError> {
    required(head, "upload-offset")
}

/// `Upload-Length`. The extension that defers it is not supported.
pub(super) fn length(head: &Head) -> Result<u64, TusError> {
    required(head, "upload-length")
}

/// The length of the body, if it is known before.
pub(super) fn content_length(head: &Head) -> Option<u64> {
    number(request::header(head, "content-length")?)
}

fn required(head: &Head, name: &'static str) -> Result<u64, TusError> {
    let value = request::header(head, name).and_then(number);
    value.ok_or(TusError::BadHeader {
        name,
        valid: "a number of bytes, in digits",
    })
}

/// A number of bytes: digits only, and few enough that nothing overflows.
fn number(text: &str) -> Option<u64> {
    let is_number = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_digits_only() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("007"), Some(7));
        assert_eq!(number("999999999999999999"), Some(999_999_999_999_999_999));
        for bad in [
            "",
            "-1",
            "+1",
            "1.0",
            "0x1",
            " 1",
            "1 ",
            "1000000000000000000",
            "١",
        ] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
    }
}
