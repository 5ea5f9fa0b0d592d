//! A limit on the memory of one input.

use std::alloc::System;
use std::sync::Once;

use cap::Cap;

/// Counts every byte and refuses to exceed the limit: the process aborts, and
/// libFuzzer keeps the input.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// What one input may take beside what was allocated before it: well below the 64 MiB
/// of a component.
pub const MEMORY: usize = 32 << 20;

/// Runs `work` within [`MEMORY`].
pub(crate) fn limited(work: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // Reporting a panic takes more.
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
