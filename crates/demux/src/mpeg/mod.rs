//! MPEG systems (ISO/IEC 13818-1).

mod clock;
mod identify;
pub(crate) mod pes;
pub(crate) mod ps;
pub(crate) mod ts;
