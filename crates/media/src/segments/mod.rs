//! Splits a long conversion into segments, which workers encode in any order.
//!
//! ```text
//! plan ──▶ Segment … Segment ──encode_segment──▶ EncodedSegment … ──join──▶ tag and header
//! ```
//!
//! The borders and the bytes of the segments depend only on the file and the options, not
//! on the number of workers or their order. A segment begins at a frame of the MP3. Its
//! encoder starts some frames earlier, which are discarded, so that it reaches the state of
//! an uninterrupted encoder; its decoder starts earlier still.

mod encode;
mod join;
mod plan;
mod types;

pub use self::encode::encode_segment;
pub use self::join::join;
pub use self::plan::plan;
pub use self::types::{EncodedSegment, Segment};

/// Frames after which the bit reservoir is drained. Segments begin at multiples of it, so
/// that the bytes do not depend on where a conversion is split. Draining costs a few dozen
/// bytes.
const DRAIN_INTERVAL: u64 = 64;
