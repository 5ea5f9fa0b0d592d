//! How much of a file is read.

/// The part of a file before `pos`, 0 to 1.
pub(crate) fn fraction_of(pos: u64, len: u64) -> f32 {
    if len == 0 {
        return 1.0;
    }
    (pos as f64 / len as f64).min(1.0) as f32
}
