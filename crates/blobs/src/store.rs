//! The store underneath: the few operations that every provider does right.

use std::sync::Arc;

use crate::BlobError;

/// A key-value store.
///
/// Compare-and-swap, increment and batch reads are left out on purpose: each
/// is broken with one provider or another. Implementations retry what is worth
/// retrying (a locked database) before they report an error.
pub trait Store {
    /// The value of `key`, or `None` where there is none.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobError>;
    /// Stores `value` under `key`, over whatever was there.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), BlobError>;
    /// Removes `key`; an absent key is no error.
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
