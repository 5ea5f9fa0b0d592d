//! `Upload-Checksum`: a checksum of the body of one request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tonearm_web::request::Head;

use super::error::TusError;

/// The supported algorithms, as in `Tus-Checksum-Algorithm`.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

const NAME: &str = "upload-checksum";

/// The checksum of the bytes so far, and the one they shall have.
#[derive(Debug, Clone)]
pub(super) struct Checksum {
    hasher: Hasher,
    expected: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// Reads the header, if the request has it.
    pub(super) fn of(head: &Head) -> Result<Option<Self>, TusError> {
        let Some(value) = head.headers().get(NAME) else {
            return Ok(None);
        };
        let checksum = value.to_str().ok().and_then(Self::parse);
        checksum.map(Some).ok_or(TusError::BadHeader {
            name: NAME,
            valid: "sha1 or sha256, a space, and the checksum in Base64",
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (algorithm, expected) = text.trim().split_once(' ')?;
        let expected = STANDARD.decode(expected.trim()).ok()?;
        let hasher = match algorithm {
            "sha1" if expected.len() == 20 => Hasher::Sha1(Sha1::new()),
            "sha256" if expected.len() == 32 => Hasher::Sha256(Sha256::new()),
            _ => return None,
        };
        Some(Self { hasher, expected })
    }

    /// Takes the next bytes of the body.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.hasher {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// Whether the body had the checksum that it should have.
    pub(super) fn matches(self) -> bool {
        match self.hasher {
            Hasher::Sha1(hasher) => hasher.finalize()[..] == self.expected,
            Hasher::Sha256(hasher) => hasher.finalize()[..] == self.expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_compared() {
        // FIPS 180-4's example "abc".
        for right in [
            "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
            "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        ] {
            let mut checksum = Checksum::parse(right).unwrap();
            checksum.update(b"a");
            checksum.update(b"bc");
            assert!(checksum.clone().matches(), "{right}");
            checksum.update(b"d");
            assert!(!checksum.matches(), "{right}");
        }
    }

    #[test]
    fn unknown_algorithms_and_wrong_lengths_are_rejected() {
        for bad in [
            "",
            "sha1",
            "sha1 ",
            "sha1 YWJj",
            "crc32 YWJj",
            "sha1 ???",
            "SHA1 YQ==",
        ] {
            assert!(Checksum::parse(bad).is_none(), "{bad}");
        }
    }
}
