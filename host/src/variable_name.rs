//! The syntax of variable names.

/// A name that Spin would not accept for a variable.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("invalid variable name {name:?}: {reason}")]
pub struct InvalidName {
    name: String,
    reason: &'static str,
}

/// Checks a name by Spin's rules: lower-case words of letters and digits, joined by
/// single underscores, starting with a letter.
pub fn validate_name(name: &str) -> Result<(), InvalidName> {
    let reason = if name.is_empty() {
        "must not be empty"
    } else if !name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        "may contain only lower-case letters, digits and underscores"
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "must start with a lower-case letter"
    } else if name.ends_with('_') {
        "must not end with an underscore"
    } else if name.contains("__") {
        "must not contain two underscores in a row"
    } else {
        return Ok(());
    };
    Err(InvalidName {
        name: name.to_owned(),
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_spins_rules() {
        for name in ["a", "a1", "a_b", "redis_address2"] {
            validate_name(name).unwrap();
        }
        for name in ["", "A", "1a", "_a", "a_", "a__b", "a-b", "ä"] {
            assert!(validate_name(name).is_err(), "{name}");
        }
    }
}
