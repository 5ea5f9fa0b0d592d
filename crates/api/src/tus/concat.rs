//! `Upload-Concat`: whether an upload is a part of another, or consists of parts.

use tonearm_jobs::{JobId, UploadKind};
use tonearm_web::request::{self, Head};

use super::error::TusError;

const NAME: &str = "upload-concat";
/// Most parts of a final upload.
const MAX_PARTS: usize = 100;

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Concat {
    /// A part of another upload.
    Partial,
    /// The concatenation of these parts.
    Final(Vec<JobId>),
}

impl Concat {
    /// Reads the header, if the request has it.
    pub(super) fn of(head: &Head) -> Result<Option<Self>, TusError> {
        if !head.headers().contains_key(NAME) {
            return Ok(None);
        }
        let concat = request::header(head, NAME).and_then(Self::parse);
        concat.map(Some).ok_or(TusError::BadHeader {
            name: NAME,
            valid: "`partial`, or `final;` and at most 100 URLs of different uploads with spaces \
                    between them",
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "partial" {
            return Some(Self::Partial);
        }
        let urls = text.strip_prefix("final;")?.split_ascii_whitespace();
        let ids: Vec<_> = urls.map(id_of).collect::<Option<_>>()?;
        let are_different = ids.iter().enumerate().all(|(n, id)| !ids[..n].contains(id));
        ((1..=MAX_PARTS).contains(&ids.len()) && are_different).then_some(Self::Final(ids))
    }
}

/// The id in the URL of an upload, absolute or relative. Its host is not compared, since the
/// gateway may have several.
fn id_of(url: &str) -> Option<JobId> {
    let (before, id) = url.rsplit_once('/')?;
    let is_upload = before == "files" || before.ends_with("/files");
    is_upload.then(|| JobId::parse(id))?
}

/// The header of an upload of this kind.
pub(super) fn header(kind: &UploadKind) -> Option<String> {
    match kind {
        UploadKind::Whole => None,
        UploadKind::Partial => Some("partial".to_owned()),
        UploadKind::Final(ids) => {
            let urls: Vec<_> = ids.iter().map(|id| format!("/files/{id}")).collect();
            Some(format!("final;{}", urls.join(" ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0190a0b1-0000-7000-8000-00000000000a";
    const B: &str = "0190a0b1-0000-7000-8000-00000000000b";

    #[test]
    fn urls_are_absolute_or_relative() {
        let ids = [A, B].map(|id| JobId::parse(id).unwrap()).to_vec();
        for text in [
            format!("final;/files/{A} /files/{B}"),
            format!("final; https://mp3.example.org/files/{A}  files/{B}"),
            format!("final;http://[::1]:3000/x/files/{A} /files/{B}"),
        ] {
            assert_eq!(
                Concat::parse(&text),
                Some(Concat::Final(ids.clone())),
                "{text}"
            );
        }
        assert_eq!(Concat::parse("partial"), Some(Concat::Partial));
        let sent = header(&UploadKind::Final(ids)).unwrap();
        assert_eq!(sent, format!("final;/files/{A} /files/{B}"));
    }

    #[test]
    fn other_values_are_rejected() {
        let many = format!("final;{}", "/files/x ".repeat(101));
        for bad in [
            "",
            "partial;",
            "final",
            "final;",
            "final; ",
            "final;/files/x",
            "final;/files/",
            &format!("final;{A}"),
            &format!("final;/jobs/{A}"),
            &format!("final;/files/{A} /files/{A}"),
            &many,
        ] {
            assert_eq!(Concat::parse(bad), None, "{bad}");
        }
    }
}
