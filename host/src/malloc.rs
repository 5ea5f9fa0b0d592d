//! Limits the memory overhead of glibc's allocator.
//!
//! glibc gives every thread an arena of its own. Chunks of files pass through all threads,
//! so each arena grows to its peak and stays there, which doubles the memory of a host
//! that converts. One arena is as fast here, because frequent allocations happen inside
//! the guests.

/// Makes all threads share one arena. Must be called before the first thread starts.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "see the SAFETY comment")]
pub fn share_one_arena() {
    // SAFETY: sets a parameter of glibc's allocator.
    let _is_set = unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}

/// Other C libraries have no arenas per thread.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn share_one_arena() {}
