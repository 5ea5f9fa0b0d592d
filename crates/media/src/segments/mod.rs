//! A long conversion as segments, which workers encode separately and in any order.
//!
//! ```text
//! plan ──▶ Segment … Segment ──encode_segment──▶ EncodedSegment … ──join──▶ tag and header
//! ```
//!
//! The borders depend on the file and the options alone, and so do the bytes of each
//! segment: the number of workers and their order make no difference. A segment begins
//! on a frame of the MP3. Its encoder starts some frames earlier, which are discarded, so
//! that it is in the state of an uninterrupted encoder; its decoder starts earlier still.

mod encode;
mod join;
mod plan;
mod types;

pub use self::encode::encode_segment;
pub use self::join::join;
pub use self::plan::plan;
pub use self::types::{EncodedSegment, Segment};
