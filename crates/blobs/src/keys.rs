//! Every key this crate uses.
//!
//! | key | value |
//! |---|---|
//! | `blob:NAME` | the [manifest](crate::Manifest), JSON |
//! | `blob:NAME:N` | chunk `N`, counted from zero, raw bytes |

use crate::BlobName;

/// Where the manifest lies.
pub fn manifest(name: &BlobName) -> String {
    format!("blob:{name}")
}

/// Where chunk `number` lies.
pub fn chunk(name: &BlobName, number: u64) -> String {
    format!("blob:{name}:{number}")
}
