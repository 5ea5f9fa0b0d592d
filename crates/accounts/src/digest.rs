//! Hashes of addresses and ids, for tables that must not hold them in the clear.

use sha2::{Digest, Sha256};

/// The SHA-256 of `text` in hexadecimal. `label` separates one use from the others.
pub(crate) fn hex(label: &str, text: &str) -> String {
    let digest = Sha256::new()
        .chain_update(label)
        .chain_update("\0")
        .chain_update(text)
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
