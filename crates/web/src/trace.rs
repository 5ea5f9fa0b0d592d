//! `traceparent` (W3C Trace Context, level 1).

use uuid::Uuid;

/// The client's `traceparent` if it is valid, else a new one: 55 characters that are
/// safe to log and to forward.
pub fn parent(header: Option<&str>) -> String {
    match header {
        Some(value) if is_valid(value) => value.to_owned(),
        _ => {
            let (trace, span) = (Uuid::new_v4(), Uuid::new_v4());
            let span = &span.as_simple().to_string()[..16];
            format!("00-{}-{span}-01", trace.as_simple())
        }
    }
}

/// Only version 00 is accepted: later versions may have fields that cannot be checked.
fn is_valid(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').collect();
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_nonzero = |text: &str| text.bytes().any(|b| b != b'0');
    match parts.as_slice() {
        [version, trace, span, flags] => {
            *version == "00"
                && hex(trace, 32)
                && is_nonzero(trace)
                && hex(span, 16)
                && is_nonzero(span)
                && hex(flags, 2)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_traces_are_kept_and_others_replaced() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(parent(Some(valid)), valid);
        for bad in [
            None,
            Some(""),
            Some("00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            Some("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
            Some("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x"),
        ] {
            let made = parent(bad);
            assert!(is_valid(&made), "{made}");
            assert_ne!(Some(made.as_str()), bad);
        }
        assert_ne!(parent(None), parent(None));
    }
}
