//! The processes of Tonearm, each on its own as in a cluster.

/// One process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    Redis,
    Auth,
    Gateway,
    Converter(u8),
    Notifier(u8),
    Mailbox,
}

/// All of them, in the order in which they are started.
pub const ALL: [Who; 8] = [
    Who::Redis,
    Who::Auth,
    Who::Gateway,
    Who::Converter(1),
    Who::Converter(2),
    Who::Notifier(1),
    Who::Notifier(2),
    Who::Mailbox,
];

impl Who {
    /// Its component in the manifest.
    pub fn component(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Auth => "auth",
            Self::Gateway => "gateway",
            Self::Converter(_) => "converter",
            Self::Notifier(_) => "notifier",
            Self::Mailbox => "mailbox",
        }
    }

    /// Where it says whether it could work; Redis has nothing like it.
    pub fn health(self) -> Option<&'static str> {
        match self {
            Self::Redis => None,
            Self::Auth => Some("/auth/healthz"),
            Self::Gateway => Some("/healthz"),
            Self::Converter(_) => Some("/converter/healthz"),
            Self::Notifier(_) => Some("/notifier/healthz"),
            Self::Mailbox => Some("/mailbox/emails?to=nobody"),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Converter(n) | Self::Notifier(n) => write!(f, "{}-{n}", self.component()),
            _ => f.write_str(self.component()),
        }
    }
}
