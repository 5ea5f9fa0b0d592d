//! The app's layout: one process, or one per service as in a cluster.
//!
//! | | together | split |
//! |---|---|---|
//! | processes | one | auth, gateway, website, two converters, notifier, mailbox |
//! | state folders | one | one each |
//! | files | SQLite (`runtime-config/local.toml`) | Redis (`runtime-config/redis.toml`) |
//! | auth's address | `http://auth.spin.internal` | a URL |

/// The app's layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All components in one process.
    Together,
    /// A process per component; they share only Redis and URLs.
    Split,
}

/// The processes of the split layout, each with its component.
const SPLIT: [(&str, &str); 7] = [
    ("auth", "auth"),
    ("gateway", "gateway"),
    ("website", "website"),
    ("converter-1", "converter"),
    ("converter-2", "converter"),
    ("notifier", "notifier"),
    ("mailbox", "mailbox"),
];

impl Layout {
    /// The layout that `LAYOUT` selects.
    pub fn asked_for() -> Self {
        match std::env::var("LAYOUT").as_deref() {
            Ok("split") => Self::Split,
            Ok("together" | "") | Err(_) => Self::Together,
            Ok(other) => panic!("LAYOUT is {other:?}; it may be together or split"),
        }
    }

    /// The processes that run these components; an empty list means all.
    pub(crate) fn processes(
        self,
        components: &[&'static str],
    ) -> Vec<(&'static str, Vec<&'static str>)> {
        match self {
            Self::Together => vec![("tonearm", components.to_vec())],
            Self::Split => SPLIT
                .iter()
                .filter(|(_, component)| components.is_empty() || components.contains(component))
                .map(|(name, component)| (*name, vec![*component]))
                .collect(),
        }
    }
}
