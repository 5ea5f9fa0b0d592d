//! Any change to a token is refused, and no input panics.

use proptest::prelude::*;
use tonearm_tokens::{KeySet, Signer, bearer_token};

use crate::{check, claims, signer};

proptest! {
    #[test]
    fn a_changed_byte_is_refused(position in any::<prop::sample::Index>(), byte in 0x20u8..0x7f) {
        let token = signer().sign(&claims()).unwrap();
        let mut bytes = token.clone().into_bytes();
        let at = position.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        prop_assert!(check(&String::from_utf8(bytes).unwrap()).is_err());
    }

    #[test]
    fn a_truncated_or_repeated_token_is_refused(position in any::<prop::sample::Index>()) {
        let token = signer().sign(&claims()).unwrap();
        let (head, tail) = token.split_at(position.index(token.len()));
        prop_assert!(check(head).is_err());
        prop_assert!(check(tail).is_err() || head.is_empty());
        let doubled = format!("{head}{head}{tail}");
        prop_assert!(check(&doubled).is_err() || head.is_empty());
    }

    #[test]
    fn arbitrary_text_is_refused(token in "\\PC{0,300}", json in "\\PC{0,300}") {
        prop_assert!(check(&token).is_err());
        let _ = bearer_token(&token);
        let _ = Signer::parse(&token);
        prop_assert!(KeySet::parse(json.as_bytes()).is_err());
    }

    #[test]
    fn three_arbitrary_parts_are_refused(a in "[A-Za-z0-9_-]{0,80}", b in "[A-Za-z0-9_-]{0,80}",
                               c in "[A-Za-z0-9_-]{0,90}") {
        let token = [a, b, c].join(".");
        prop_assert!(check(&token).is_err());
    }
}
