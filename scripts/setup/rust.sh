#!/usr/bin/env bash
# Finds a Rust toolchain that builds for wasm32-wasip2.
#
#   1. The active toolchain has the target: nothing to do.
#   2. rustup may download (RUSTUP_AUTO_INSTALL is not 0): rustup adds the target.
#   3. Otherwise one is made from Debian packages (setup/debian/rust.sh) and linked into
#      rustup as `tonearm-wasm`.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

has_target() { [ -n "$(find "$(rustc --print sysroot)/lib/rustlib/$WASM_TARGET/lib" -name 'libstd-*.rlib' 2>/dev/null)" ]; }

have rustc || fail "Rust is missing: install it from https://rustup.rs and run this again."

have cc || fail "no C compiler (cc), which Rust links with: install gcc (Debian: apt-get install gcc libc6-dev)."

if has_target; then
  remember TOOLCHAIN ""
  say "Rust for WebAssembly: the active toolchain ($(rustc --version))"
elif ! have rustup; then
  fail "this Rust has no target $WASM_TARGET and there is no rustup to add it: install your system's package of std for $WASM_TARGET, or Rust from https://rustup.rs."
elif [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]; then
  step "rustup target add $WASM_TARGET" rustup target add "$WASM_TARGET" ||
    fail "rustup could not add the target $WASM_TARGET (above): fix that and run this again."
  remember TOOLCHAIN ""
  say "Rust for WebAssembly: the active toolchain ($(rustc --version))"
else
  "$REPO/scripts/setup/debian/rust.sh"
  rustup toolchain link "$WASM_TOOLCHAIN" "$WASM_RUST" 2>/dev/null ||
    fail "rustup could not link $WASM_RUST as toolchain $WASM_TOOLCHAIN: run 'rustup toolchain link $WASM_TOOLCHAIN $WASM_RUST' to see why."
  remember TOOLCHAIN "+$WASM_TOOLCHAIN"
  say "Rust for WebAssembly: $WASM_RUST, as cargo +$WASM_TOOLCHAIN"
fi
