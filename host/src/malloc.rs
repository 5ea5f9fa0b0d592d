//! The allocator, told to be thrifty.
//!
//! glibc gives every thread an arena of its own. Chunks of files pass through all
//! threads, so each arena grows to hold the largest of what it ever held and keeps it,
//! which doubles the memory of a host that converts. One arena serves as fast here: what
//! is allocated often is in the guests.

/// Has all threads share one arena. To be called before there are any.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "said below")]
pub fn share_one_arena() {
    // SAFETY: sets a number within glibc.
    let _is_set = unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}

/// Other allocators have no such thing.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn share_one_arena() {}
