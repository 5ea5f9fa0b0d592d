//! Every failure of a letter.

/// Why a key or a sealed letter is unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// The variable is empty.
    #[error("it is empty: set it to the output of `openssl rand -hex 32`")]
    KeyMissing,
    /// The secret could be guessed.
    #[error("it has fewer than 32 characters: set it to the output of `openssl rand -hex 32`")]
    KeyWeak,
    /// The letter was sealed with another key, or for another id, or is damaged.
    #[error(
        "the letter does not open: auth and the notifier have different keys, or it is damaged"
    )]
    Sealed,
    /// A letter of a version that this one does not know.
    #[error("the letter is of an unknown form: {0}")]
    Form(String),
    /// Sealing failed; with the reason.
    #[error("sealing failed: {0}")]
    Sealing(String),
}
