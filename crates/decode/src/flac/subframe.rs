//! Subframes: the samples of one channel (RFC 9639, 9.2).

use tonearm_media_core::Undecodable;

use super::bits::Bits;
use super::predictor;

type Result<T> = std::result::Result<T, Undecodable>;

/// A sample. Those of 33 bits, which only a difference of channels of 32 bits has, need 64.
pub(super) trait Sample: Copy + Default {
    fn new(value: i64) -> Self;
    fn shl(self, bits: u32) -> Self;
    /// Adds the predictions of a fixed predictor.
    fn restore_fixed(samples: &mut [Self], order: usize);
    /// Adds the predictions of a linear predictor. `bits` is the width of samples.
    fn restore_linear(samples: &mut [Self], coefficients: &[i32], shift: u32, bits: u32);
}

impl Sample for i32 {
    #[inline]
    fn new(value: i64) -> Self {
        value as Self
    }

    #[inline]
    fn shl(self, bits: u32) -> Self {
        self.wrapping_shl(bits)
    }

    fn restore_fixed(samples: &mut [Self], order: usize) {
        predictor::fixed(samples, order, Self::wrapping_add, Self::wrapping_sub);
    }

    fn restore_linear(samples: &mut [Self], coefficients: &[i32], shift: u32, bits: u32) {
        predictor::linear_32(samples, coefficients, shift, bits);
    }
}

impl Sample for i64 {
    #[inline]
    fn new(value: i64) -> Self {
        value
    }

    #[inline]
    fn shl(self, bits: u32) -> Self {
        self.wrapping_shl(bits)
    }

    fn restore_fixed(samples: &mut [Self], order: usize) {
        predictor::fixed(samples, order, Self::wrapping_add, Self::wrapping_sub);
    }

    fn restore_linear(samples: &mut [Self], coefficients: &[i32], shift: u32, _: u32) {
        predictor::linear_64(samples, coefficients, shift);
    }
}

/// Fills `samples` with those of a channel whose samples have `bits` bits.
pub(super) fn read<T: Sample>(reader: &mut Bits<'_>, bits: u32, samples: &mut [T]) -> Result<()> {
    let header = reader.read(8)?;
    if header & 0x80 != 0 {
        return Err(Undecodable);
    }
    // Bits at the end of all samples that are zero.
    let wasted = match header & 1 {
        0 => 0,
        _ => reader.unary()? + 1,
    };
    let bits = bits
        .checked_sub(wasted)
        .filter(|&bits| bits > 0)
        .ok_or(Undecodable)?;
    match header >> 1 {
        0 => samples.fill(T::new(reader.signed(bits)?)),
        1 => verbatim(reader, bits, samples)?,
        kind @ 8..=12 => {
            let order = kind as usize - 8;
            warm_up(reader, bits, samples, order)?;
            residual(reader, samples, order)?;
            T::restore_fixed(samples, order);
        }
        kind @ 32..=63 => linear(reader, bits, samples, kind as usize - 31)?,
        _ => return Err(Undecodable),
    }
    if wasted > 0 {
        for sample in samples {
            *sample = sample.shl(wasted);
        }
    }
    Ok(())
}

fn verbatim<T: Sample>(reader: &mut Bits<'_>, bits: u32, samples: &mut [T]) -> Result<()> {
    for sample in samples {
        *sample = T::new(reader.signed(bits)?);
    }
    Ok(())
}

/// Reads the first samples, which have no prediction.
fn warm_up<T: Sample>(
    reader: &mut Bits<'_>,
    bits: u32,
    samples: &mut [T],
    order: usize,
) -> Result<()> {
    verbatim(reader, bits, samples.get_mut(..order).ok_or(Undecodable)?)
}

fn linear<T: Sample>(
    reader: &mut Bits<'_>,
    bits: u32,
    samples: &mut [T],
    order: usize,
) -> Result<()> {
    warm_up(reader, bits, samples, order)?;
    let precision = reader.read(4)? + 1;
    let shift = reader.signed(5)?;
    if precision == 16 {
        return Err(Undecodable);
    }
    let shift = u32::try_from(shift).map_err(|_| Undecodable)?;
    let mut coefficients = [0; 32];
    let coefficients = &mut coefficients[..order];
    // The first coefficient belongs to the last sample.
    for coefficient in coefficients.iter_mut().rev() {
        *coefficient = reader.signed(precision)? as i32;
    }
    residual(reader, samples, order)?;
    T::restore_linear(samples, coefficients, shift, bits);
    Ok(())
}

/// Reads the differences from the predictions into the samples after the first ones (RFC
/// 9639, 9.2.7).
fn residual<T: Sample>(reader: &mut Bits<'_>, samples: &mut [T], order: usize) -> Result<()> {
    let parameter_bits = match reader.read(2)? {
        0 => 4,
        1 => 5,
        _ => return Err(Undecodable),
    };
    let escape = (1 << parameter_bits) - 1;
    let partitions = 1 << reader.read(4)?;
    let length = samples.len() / partitions;
    if !samples.len().is_multiple_of(partitions) || length < order {
        return Err(Undecodable);
    }
    let mut rest = &mut samples[order..];
    for partition in 0..partitions {
        let count = if partition == 0 {
            length - order
        } else {
            length
        };
        let (part, after) = rest.split_at_mut(count);
        rest = after;
        let parameter = reader.read(parameter_bits)?;
        if parameter == escape {
            let bits = reader.read(5)?;
            match bits {
                0 => part.fill(T::default()),
                _ => verbatim(reader, bits, part)?,
            }
            continue;
        }
        for sample in part {
            *sample = T::new(reader.rice(parameter)?.into());
        }
    }
    Ok(())
}
