//! Musepack, stream versions 7 and 8 (musepack.net, "SV7" and "SV8 specification").

pub(crate) mod sv7;
pub(crate) mod sv8;

/// Sample rates by their number.
const RATES: [u32; 4] = [44_100, 48_000, 37_800, 32_000];
/// Samples per channel of a frame.
const FRAME: u64 = 1152;

/// The sample rate with this number; later numbers are not assigned.
fn rate(number: u8) -> Option<u32> {
    RATES.get(usize::from(number)).copied()
}
