//! The processes of Tonearm, each on its own as in a cluster.

/// The name of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessName {
    Redis,
    Auth,
    Gateway,
    Converter(u8),
    Notifier(u8),
    Mailbox,
}

/// All processes, in the order of their start.
pub const ALL: [ProcessName; 8] = [
    ProcessName::Redis,
    ProcessName::Auth,
    ProcessName::Gateway,
    ProcessName::Converter(1),
    ProcessName::Converter(2),
    ProcessName::Notifier(1),
    ProcessName::Notifier(2),
    ProcessName::Mailbox,
];

impl ProcessName {
    /// The component in the manifest.
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

    /// The path of the health check; Redis has none.
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

impl std::fmt::Display for ProcessName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Converter(n) | Self::Notifier(n) => write!(f, "{}-{n}", self.component()),
            _ => f.write_str(self.component()),
        }
    }
}
