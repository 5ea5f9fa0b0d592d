//! The options of a conversion.
//!
//! ```text
//! names and texts ──▶ RequestedOptions ──+ Defaults──▶ Options ──▶ the job, as JSON
//! form, query                                variables
//! ```
//!
//! | option | values |
//! |---|---|
//! | `quality` | 0 (best) to 9 (smallest): variable bitrate |
//! | `bitrate` | 32, 40, 48, … 320: constant bitrate in kbit/s |
//! | `effort` | 0 (slowest) to 9 (fastest) |
//! | `mono`, `normalize`, `cover`, `chapters` | true or false |
//! | `gaps` | `keep` or `close` |
//! | `start`, `end` | a time: `90`, `90.5`, `1:30`, `0:01:30.5` |
//! | `track` | number of the audio track, from 1 |
//! | `language` | language of the audio track: two or three letters of ISO 639 |
//! | `title`, `artist`, `album`, `year`, `comment` | a text for the tag |
//!
//! The operator's [`Defaults`] replace missing options when the upload is accepted,
//! so that a job's MP3 does not depend on when it is converted.

mod defaults;
mod error;
mod options;
mod requested;
mod value;

pub use defaults::Defaults;
pub use error::OptionError;
pub use options::{Gaps, Options, Rate, Tags, Track};
pub use requested::{NAMES, RequestedOptions};
pub use value::{BITRATES, LOUDNESS};
