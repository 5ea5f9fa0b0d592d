//! Limits the memory of one input.

use std::alloc::System;
use std::sync::Once;

use cap::Cap;

/// Counts all allocations. The process aborts beyond the limit, and libFuzzer keeps the
/// input.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// The memory that one input may allocate: well below the 64 MiB of a component.
pub const MEMORY: usize = 32 << 20;

/// Runs `work` within [`MEMORY`].
pub(crate) fn limited(work: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // Reporting a panic allocates more.
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            unlimited();
            report(panic);
        }));
    });
    HEAP.set_limit(HEAP.allocated() + MEMORY)
        .expect("the limit is above what is allocated");
    work();
    unlimited();
}

fn unlimited() {
    HEAP.set_limit(usize::MAX).expect("there is no limit");
}
