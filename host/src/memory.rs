//! How much memory instances use, and the limits on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmtime::ResourceLimiter;

/// The most that one call may bring into a guest, as in Spin.
const MAX_RESULT_BYTES: usize = 128 * 1024 * 1024;

/// An error for a result that is too large for a guest.
pub fn check_result_size(bytes: usize) -> Result<(), String> {
    if bytes > MAX_RESULT_BYTES {
        return Err(format!(
            "query result exceeds limit of {MAX_RESULT_BYTES} bytes"
        ));
    }
    Ok(())
}

/// The most memory that any instance of one component has had.
#[derive(Debug, Default)]
pub struct PeakMemory(AtomicUsize);

impl PeakMemory {
    /// In bytes, over all instances so far.
    pub fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Watches the memories of one instance, plugins included.
pub struct MemoryWatch {
    limit: Option<usize>,
    current: usize,
    peak: Arc<PeakMemory>,
}

impl MemoryWatch {
    /// Reports to `peak`; no single memory may grow above `limit` bytes.
    pub fn new(limit: Option<usize>, peak: Arc<PeakMemory>) -> Self {
        Self {
            limit,
            current: 0,
            peak,
        }
    }

    /// What this instance has at its largest; wasm memories never shrink.
    pub fn bytes(&self) -> usize {
        self.current
    }
}

impl ResourceLimiter for MemoryWatch {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if self.limit.is_some_and(|limit| desired > limit) {
            tracing::warn!(
                desired,
                limit = self.limit,
                "an instance hit its memory limit"
            );
            return Ok(false);
        }
        self.current += desired.saturating_sub(current);
        self.peak.0.fetch_max(self.current, Ordering::Relaxed);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_the_memories_of_an_instance_and_keeps_the_largest() {
        let peak = Arc::new(PeakMemory::default());
        let mut first = MemoryWatch::new(Some(100), peak.clone());
        assert!(first.memory_growing(0, 40, None).unwrap());
        assert!(first.memory_growing(0, 10, None).unwrap());
        assert!(first.memory_growing(40, 60, None).unwrap());
        assert!(!first.memory_growing(60, 101, None).unwrap());
        assert_eq!(first.bytes(), 70);
        let mut second = MemoryWatch::new(None, peak.clone());
        assert!(second.memory_growing(0, 20, None).unwrap());
        assert_eq!(peak.bytes(), 70);
    }
}
