//! The steps in `simd/psymodel-spread_masking.h` equal LAME's logarithm, which it computes
//! for each pair of masking levels.

#![allow(
    unsafe_code,
    reason = "calls a function of LAME that is not part of its interface"
)]
#![allow(clippy::unwrap_used, reason = "test helpers may panic, as tests may")]

use std::ffi::c_float;

// Links LAME.
use mp3_lame as _;

unsafe extern "C" {
    fn init_log_table();
    fn fast_log2(x: c_float) -> c_float;
}

/// The integer part of `FAST_LOG10_X(ratio, 16)`.
fn sixteenths_of_a_decade(ratio: f32) -> usize {
    // SAFETY: depends only on its argument and on the table that the caller filled.
    let log2 = f64::from(unsafe { fast_log2(ratio) });
    (log2 * (std::f64::consts::LN_2 / std::f64::consts::LN_10 * 16.0)) as usize
}

/// The first argument of each `STEP`, a C literal such as `0x1.279fd2p+0f`.
fn steps() -> Vec<f32> {
    let header = include_str!("../simd/psymodel-spread_masking.h");
    let steps = header.split("STEP(0x1").skip(1);
    let step = |text: &str| {
        let (mantissa, rest) = text.split_once('p')?;
        let exponent: i32 = rest.split_once('f')?.0.parse().ok()?;
        let digits = mantissa.trim_start_matches('.');
        let value = u32::from_str_radix(&format!("1{digits}"), 16).ok()?;
        Some(value as f32 * 2f32.powi(exponent - 4 * digits.len() as i32))
    };
    steps.map(|text| step(text).unwrap()).collect()
}

#[test]
fn the_masking_steps_equal_lames_logarithm() {
    let steps = steps();
    let (&limit, counted) = steps.split_last().unwrap();
    assert_eq!((counted.len(), limit), (9, 3.651_741_3), "ma_max_i1");
    // SAFETY: fills a table before anything reads it.
    unsafe { init_log_table() };
    let mut reached = 0;
    for bits in 1f32.to_bits()..limit.to_bits() {
        let ratio = f32::from_bits(bits);
        while counted.get(reached).is_some_and(|&least| least <= ratio) {
            reached += 1;
        }
        assert_eq!(sixteenths_of_a_decade(ratio), reached - 1, "{ratio}");
    }
    assert_eq!(reached, counted.len());
}
