//! Memory of instances: accounting and limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmtime::ResourceLimiter;

/// The largest result of one call, as in Spin.
const MAX_RESULT_BYTES: usize = 128 * 1024 * 1024;

/// Fails if a result is too large for a guest.
pub fn check_result_size(bytes: usize) -> Result<(), String> {
    if bytes > MAX_RESULT_BYTES {
        return Err(format!(
            "query result exceeds limit of {MAX_RESULT_BYTES} bytes"
        ));
    }
    Ok(())
}

/// The peak memory of any instance of one component.
#[derive(Debug, Default)]
pub struct PeakMemory(AtomicUsize);

impl PeakMemory {
    /// In bytes, over all instances so far.
    pub fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts and limits the linear memories of one instance, including those of plugins.
pub struct MemoryLimiter {
    limit: Option<usize>,
    current: usize,
    peak: Arc<PeakMemory>,
}

impl MemoryLimiter {
    /// Reports to `peak`. `limit` is the maximum of each linear memory, in bytes.
    pub fn new(limit: Option<usize>, peak: Arc<PeakMemory>) -> Self {
        Self {
            limit,
            current: 0,
            peak,
        }
    }

    /// The memory of the instance in bytes. Wasm memories never shrink, so this is its
    /// peak as well.
    pub fn bytes(&self) -> usize {
        self.current
    }
}

impl ResourceLimiter for MemoryLimiter {
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
                "an instance reached its memory limit"
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
    fn the_peak_is_that_of_the_largest_instance() {
        let peak = Arc::new(PeakMemory::default());
        let mut first = MemoryLimiter::new(Some(100), peak.clone());
        assert!(first.memory_growing(0, 40, None).unwrap());
        assert!(first.memory_growing(0, 10, None).unwrap());
        assert!(first.memory_growing(40, 60, None).unwrap());
        assert!(!first.memory_growing(60, 101, None).unwrap());
        assert_eq!(first.bytes(), 70);
        let mut second = MemoryLimiter::new(None, peak.clone());
        assert!(second.memory_growing(0, 20, None).unwrap());
        assert_eq!(peak.bytes(), 70);
    }
}
