//! Has the linker pack the list of addresses that are adjusted when the host starts. It is
//! read whole, so its 600 KB would stay in memory; packed it has 10.
//!
//! Only in the host as it is deployed (`profile.host`), and only where the C library knows
//! the packed form: glibc from 2.36 on.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name| std::env::var(name).unwrap_or_default();
    let is_deployed = variable("OPT_LEVEL") == "s";
    let is_native = variable("TARGET") == variable("HOST");
    if is_deployed && is_native && glibc() >= Some((2, 36)) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this machine's C library, if it is glibc: `glibc 2.36` says its tool.
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
