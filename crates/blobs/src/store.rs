//! The underlying store: the few operations that every provider implements correctly.

use std::sync::Arc;

use crate::BlobError;

/// A key-value store.
///
/// It has no compare-and-swap, increment or batch read, because each of them is
/// broken in some provider. Implementations retry transient failures, such as a
/// locked database, before they report an error.
pub trait Store {
    /// The value of `key`; `None` if it has none.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError>;
    /// Stores `value` under `key`, replacing any previous value.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError>;
    /// Removes `key`; an absent key is not an error.
    fn delete(&self, key: &str) -> Result<(), BlobError>;
    /// Whether `key` has a value.
    fn exists(&self, key: &str) -> Result<bool, BlobError>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: Store + ?Sized> Store for $pointer {
            fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError> {
                (**self).get(key)
            }
            fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError> {
                (**self).set(key, value)
            }
            fn delete(&self, key: &str) -> Result<(), BlobError> {
                (**self).delete(key)
            }
            fn exists(&self, key: &str) -> Result<bool, BlobError> {
                (**self).exists(key)
            }
        }
    )*};
}
forward!(&S, Arc<S>);
