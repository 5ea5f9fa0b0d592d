//! The steps of `simd/psymodel-spread_masking.h` are those of LAME's own logarithm, which
//! it works out for each pair of masking levels.

#![allow(
    unsafe_code,
    reason = "asks a function of LAME's that is not part of its interface"
)]
#![allow(
    clippy::unwrap_used,
    reason = "also outside of functions marked as tests, a test fails by panicking"
)]

use std::ffi::c_float;

// Only so that LAME is linked.
use mp3_lame as _;

unsafe extern "C" {
    fn init_log_table();
    fn fast_log2(x: c_float) -> c_float;
}

/// `FAST_LOG10_X(ratio, 16)`, without what comes after the point.
fn sixteenths_of_a_decade(ratio: f32) -> usize {
    // SAFETY: a function of numbers and of the table that the caller has made.
    let log2 = f64::from(unsafe { fast_log2(ratio) });
    (log2 * (std::f64::consts::LN_2 / std::f64::consts::LN_10 * 16.0)) as usize
}

/// The first argument of each `STEP`, written as C writes it: `0x1.279fd2p+0f`.
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
fn the_steps_of_masking_are_those_of_lame() {
    let steps = steps();
    let (&limit, counted) = steps.split_last().unwrap();
    assert_eq!((counted.len(), limit), (9, 3.651_741_3), "ma_max_i1");
    // SAFETY: fills a table, before anything else runs.
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
