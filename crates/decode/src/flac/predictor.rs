//! Predictors (RFC 9639, 9.2.5 and 9.2.6). They replace differences by samples, from the
//! first sample without a prediction on.

/// Adds the predictions of a polynomial of `order`, with wrapping sums: the samples fit.
pub(super) fn fixed<T: Copy + Default>(
    samples: &mut [T],
    order: usize,
    add: fn(T, T) -> T,
    sub: fn(T, T) -> T,
) {
    let Some((first, rest)) = samples.split_at_mut_checked(order) else {
        return;
    };
    // The last value of each difference: of the samples, of their differences, and so on.
    let mut last = [T::default(); 4];
    let mut row = [T::default(); 4];
    row[..order].copy_from_slice(first);
    for level in 0..order {
        last[level] = row[order - 1 - level];
        for at in 0..order - 1 - level {
            row[at] = sub(row[at + 1], row[at]);
        }
    }
    for sample in rest {
        let mut value = *sample;
        for level in last[..order].iter_mut().rev() {
            *level = add(*level, value);
            value = *level;
        }
        *sample = value;
    }
}

/// Adds the predictions of a linear predictor to samples of up to 32 bits.
pub(super) fn linear_32(samples: &mut [i32], coefficients: &[i32], shift: u32, bits: u32) {
    let sum: u64 = coefficients
        .iter()
        .map(|&coefficient| u64::from(coefficient.unsigned_abs()))
        .sum();
    // Whether no sum of products exceeds 32 bits.
    let is_narrow = sum << bits.saturating_sub(1) <= i32::MAX as u64;
    macro_rules! by_order {
        ($($order:literal)*) => {
            match coefficients.len() {
                $($order => match is_narrow {
                    true => narrow::<$order>(samples, coefficients, shift),
                    false => wide::<$order>(samples, coefficients, shift),
                },)*
                _ => any_order(samples, coefficients, shift),
            }
        };
    }
    by_order!(1 2 3 4 5 6 7 8 9 10 11 12);
}

fn narrow<const N: usize>(samples: &mut [i32], coefficients: &[i32], shift: u32) {
    let Some(coefficients) = coefficients.first_chunk::<N>() else {
        return;
    };
    let Some((first, rest)) = samples.split_first_chunk_mut::<N>() else {
        return;
    };
    let mut window = *first;
    for sample in rest {
        let mut sum = 0i32;
        for (&coefficient, &earlier) in coefficients.iter().zip(&window) {
            sum = sum.wrapping_add(coefficient.wrapping_mul(earlier));
        }
        *sample = sample.wrapping_add(sum >> shift);
        window.copy_within(1.., 0);
        window[N - 1] = *sample;
    }
}

fn wide<const N: usize>(samples: &mut [i32], coefficients: &[i32], shift: u32) {
    let Some(coefficients) = coefficients.first_chunk::<N>() else {
        return;
    };
    let Some((first, rest)) = samples.split_first_chunk_mut::<N>() else {
        return;
    };
    let mut window = *first;
    for sample in rest {
        let mut sum = 0i64;
        for (&coefficient, &earlier) in coefficients.iter().zip(&window) {
            sum += i64::from(coefficient) * i64::from(earlier);
        }
        *sample = sample.wrapping_add((sum >> shift) as i32);
        window.copy_within(1.., 0);
        window[N - 1] = *sample;
    }
}

fn any_order(samples: &mut [i32], coefficients: &[i32], shift: u32) {
    let order = coefficients.len();
    for at in order..samples.len() {
        let (earlier, rest) = samples.split_at_mut(at);
        let products = coefficients
            .iter()
            .zip(&earlier[at - order..])
            .map(|(&coefficient, &earlier)| i64::from(coefficient) * i64::from(earlier));
        let sum: i64 = products.sum();
        rest[0] = rest[0].wrapping_add((sum >> shift) as i32);
    }
}

/// Adds the predictions of a linear predictor to samples of 33 bits.
pub(super) fn linear_64(samples: &mut [i64], coefficients: &[i32], shift: u32) {
    let order = coefficients.len();
    for at in order..samples.len() {
        let (earlier, rest) = samples.split_at_mut(at);
        let products = coefficients.iter().zip(&earlier[at - order..]);
        let sum = products.fold(0i64, |sum, (&coefficient, &earlier)| {
            sum.wrapping_add(i64::from(coefficient).wrapping_mul(earlier))
        });
        rest[0] = rest[0].wrapping_add(sum >> shift);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_predictors_restore_what_their_differences_describe() {
        let samples: Vec<i32> = (0..50i32).map(|n| n * n * n - 7 * n * n + 3).collect();
        for order in 0..=4usize {
            let binomials: [&[i32]; 5] = [&[], &[1], &[2, -1], &[3, -3, 1], &[4, -6, 4, -1]];
            let mut coded = samples.clone();
            for at in order..samples.len() {
                let prediction: i32 = (1..=order)
                    .map(|back| binomials[order][back - 1] * samples[at - back])
                    .sum();
                coded[at] = samples[at] - prediction;
            }
            fixed(&mut coded, order, i32::wrapping_add, i32::wrapping_sub);
            assert_eq!(coded, samples, "{order}");
        }
    }

    #[test]
    fn linear_predictors_of_every_order_and_width_agree() {
        for order in 1..=32usize {
            let coefficients: Vec<i32> = (0..order as i32).map(|n| (n * 37) % 23 - 11).collect();
            let coded: Vec<i32> = (0..200i32).map(|n| (n * 7919) % 101 - 50).collect();
            let mut expected: Vec<i64> = coded.iter().map(|&sample| sample.into()).collect();
            linear_64(&mut expected, &coefficients, 9);
            for bits in [12, 32] {
                let mut samples = coded.clone();
                linear_32(&mut samples, &coefficients, 9, bits);
                let samples: Vec<i64> = samples.into_iter().map(i64::from).collect();
                assert_eq!(samples, expected, "{order}, {bits}");
            }
        }
    }
}
