//! What is wrong with an option, in words a user understands.

use crate::NAMES;

/// Why options were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// There is no option of this name.
    #[error("there is no such option. The options are {}", NAMES.join(", "))]
    Unknown {
        /// The name as it was given, shortened.
        name: String,
    },
    /// The value makes no sense.
    #[error("{value:?} is not {valid}")]
    Bad {
        /// The option.
        name: &'static str,
        /// The value as it was given, shortened.
        value: String,
        /// What is valid.
        valid: &'static str,
    },
    /// The option was given several times, with values that differ.
    #[error("it is given twice, with different values. Give it once")]
    Twice {
        /// The option.
        name: &'static str,
    },
    /// Two options contradict each other.
    #[error("{reason}")]
    Contradiction {
        /// The option to be changed or left out.
        name: &'static str,
        /// What contradicts what, and what is valid.
        reason: &'static str,
    },
}

impl OptionError {
    /// The option that is wrong, as the user spelt it.
    pub fn field(&self) -> &str {
        match self {
            Self::Unknown { name } => name,
            Self::Bad { name, .. } | Self::Twice { name } | Self::Contradiction { name, .. } => {
                name
            }
        }
    }

    /// A name for this kind of error that never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_option",
            _ => "bad_option",
        }
    }
}
