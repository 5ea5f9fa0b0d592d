//! Letters: emails about accounts, which auth writes and the notifier sends.
//!
//! A letter may carry the token of a link that resets a password. On its way it lies in
//! Redis, which the gateway and the converter can read. So auth [seals](SealingKey::seal)
//! it with a key that only auth and the notifier have, and a stolen gateway or converter
//! learns neither the token nor the address.
//!
//! | item | purpose |
//! |---|---|
//! | [`Letter`], [`Event`], [`Link`] | what happened, and who is told |
//! | [`SealingKey`] | the key of the variable `letter_key`; seals and opens letters |
//! | [`LetterError`] | why a key or a sealed letter is unusable |

mod error;
mod letter;
mod sealing;

pub use error::LetterError;
pub use letter::{Event, Letter, Link};
pub use sealing::SealingKey;
