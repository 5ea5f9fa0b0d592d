//! Errors of options, in words a user understands.

use crate::NAMES;

/// Why options were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// There is no option of this name.
    #[error("there is no such option. The options are {}", NAMES.join(", "))]
    Unknown {
        /// The requested name, shortened.
        name: String,
    },
    /// The value is invalid.
    #[error("{value:?} is not {valid}")]
    Bad {
        /// The option.
        name: &'static str,
        /// The requested value, shortened.
        value: String,
        /// What is valid.
        valid: &'static str,
    },
    /// The option was requested several times with different values.
    #[error("it is given twice, with different values. Give it once")]
    Twice {
        /// The option.
        name: &'static str,
    },
    /// Two options contradict each other.
    #[error("{reason}")]
    Contradiction {
        /// The option to change or omit.
        name: &'static str,
        /// The contradiction and what is valid.
        reason: &'static str,
    },
}

impl OptionError {
    /// The name of the option, as the user spelled it.
    pub fn field(&self) -> &str {
        match self {
            Self::Unknown { name } => name,
            Self::Bad { name, .. } | Self::Twice { name } | Self::Contradiction { name, .. } => {
                name
            }
        }
    }

    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_option",
            _ => "bad_option",
        }
    }
}
