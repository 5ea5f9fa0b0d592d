//! Multipart forms written by hand, so that tests can also write invalid ones.

/// The boundary between parts.
pub const BOUNDARY: &str = "tonearm-e2e-boundary";

/// The parts of a form so far.
#[derive(Clone, Debug, Default)]
pub struct Form {
    parts: Vec<u8>,
}

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// A form with one file in the field `file`, like curl's `-F file=@NAME`.
    pub fn file(name: &str, bytes: &[u8]) -> Self {
        Self::new().and_file("file", name, bytes)
    }

    /// Adds a file.
    pub fn and_file(self, field: &str, name: &str, bytes: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"{field}\"; filename=\"{name}\"");
        self.and_part(&disposition, "application/octet-stream", bytes)
    }

    /// Adds a text field.
    pub fn and_field(self, field: &str, value: &str) -> Self {
        let disposition = format!("form-data; name=\"{field}\"");
        self.and_part(&disposition, "text/plain", value.as_bytes())
    }

    /// Adds a part with this `Content-Disposition`, unchanged.
    pub fn and_part(mut self, disposition: &str, media_type: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\
             Content-Type: {media_type}\r\n\r\n"
        );
        self.parts.extend_from_slice(head.as_bytes());
        self.parts.extend_from_slice(bytes);
        self.parts.extend_from_slice(b"\r\n");
        self
    }

    /// The `Content-Type` of a request with this form.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    /// The whole body.
    pub fn body(&self) -> Vec<u8> {
        let end = format!("--{BOUNDARY}--\r\n");
        [self.parts.as_slice(), end.as_bytes()].concat()
    }

    /// The body without the closing boundary.
    pub fn unfinished(&self) -> Vec<u8> {
        self.parts.clone()
    }
}
