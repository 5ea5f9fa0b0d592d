#!/usr/bin/env bash
# Sees to a Rust toolchain that can build for wasm32-wasip2.
#
#   1. The active toolchain has the target: nothing to do.
#   2. rustup may download (RUSTUP_AUTO_INSTALL is not 0): rustup adds the target.
#   3. Debian or a relative on x86_64: a toolchain made of Debian packages, with
#      std built from source, linked into rustup as `tonearm-wasm`.
#   4. Otherwise: a sentence that says what to install.
#
# What is made goes to the cache folder, nothing to the system. Delete the folder
# and run this again to have it from newer packages.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/debian-packages.sh"

has_target() { [ -n "$(find "$(rustc --print sysroot)/lib/rustlib/$WASM_TARGET/lib" -name 'libstd-*.rlib' 2>/dev/null)" ]; }

STAMP=$(stamp_of "$REPO"/scripts/{setup-wasm-rust.sh,setup-wasm-c.sh,debian-packages.sh,wasm/sockets.c})

made() {
  [ "$(cat "$WASM_RUST/STAMP" 2>/dev/null)" = "$STAMP" ] &&
    # These are links to the machine's own toolchain and to the C compiler.
    [ -x "$WASM_RUST/bin/cargo" ] && [ -x "$WASM_RUST/lib/rustlib/$HOST/bin/rust-lld" ]
}

# rust_offered: apt has a Rust as new as Cargo.toml wants. Debian's security
# updates carry it; the release itself has an older one under the same name.
rust_offered() {
  local wanted offered
  wanted=$(sed -n 's/^rust-version = "1\.\([0-9]*\).*/\1/p' "$REPO/Cargo.toml")
  offered=$(depends_on libstd-rust-web-dev 'libstd-rust-web-.*')
  [ "${offered##*-1.}" -ge "$wanted" ] 2>/dev/null
}

unpack_rust() {
  local std
  std=$(depends_on libstd-rust-web-dev 'libstd-rust-web-.*')
  unpack_packages "$stage/debs" rustc-web libstd-rust-web-dev "$std" rust-web-src rust-web-clippy
  local usr=$stage/debs/usr tool
  local own=$new/lib/rustlib/$HOST

  mkdir -p "$new/bin" "$new/libexec" "$own/bin/gcc-ld" "$new/lib/rustlib/src/rust"
  mv "$usr"/lib/x86_64-linux-gnu/librustc_driver-*.so "$new/lib/"
  mv "$usr/lib/rustlib/$HOST/lib" "$own/lib"
  mv "$usr"/src/rustc-*/library "$new/lib/rustlib/src/rust/library"

  # Debian's programs look for their libraries in /usr/lib.
  for tool in rustc rustdoc clippy-driver; do
    cp "$(readlink -f "$usr/bin/$tool")" "$new/libexec/$tool"
    # shellcheck disable=SC2016 # expanded when the wrapper runs
    printf '%s\n' '#!/bin/sh' \
      'here=${0%/*}; export LD_LIBRARY_PATH="$here/../lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"' \
      "exec \"\$here/../libexec/$tool\" \"\$@\"" >"$new/bin/$tool"
    chmod +x "$new/bin/$tool"
  done
  cp "$usr/bin/cargo-clippy" "$new/bin/"
  # What Debian does not have to bring.
  for tool in cargo rustfmt cargo-fmt; do
    ln -s "$(rustup which "$tool")" "$new/bin/$tool"
  done
  # LLVM and its linker are the C compiler's.
  ln -s "$WASM_C"/lib/libLLVM*.so.* "$new/lib/"
  ln -s "$WASM_C/bin/lld" "$own/bin/rust-lld"
  ln -s "$WASM_C/bin/wasm-ld" "$own/bin/gcc-ld/wasm-ld"
  cp "$WASM_C/bin/wasm-component-ld" "$own/bin/"
  mv "$stage/debs/packages.txt" "$new/"
}

build_std() {
  local libs=$new/lib/rustlib/$WASM_TARGET/lib
  mkdir -p "$stage/empty/src" "$libs/self-contained"
  cp "$WASM_C/share/wasi-sysroot/lib/$WASM_TARGET"/{crt1-command.o,crt1-reactor.o,libc.a} "$libs/self-contained/"

  printf '%s\n' '[package]' 'name = "empty"' 'edition = "2024"' '[workspace]' >"$stage/empty/Cargo.toml"
  printf '%s\n' '#![no_std]' >"$stage/empty/src/lib.rs"
  # Bitcode in the libraries makes LTO possible. Nothing of this machine's paths or
  # of the user's own cargo settings gets in.
  (cd "$stage/empty" &&
    env -u CARGO_BUILD_TARGET -u CARGO_ENCODED_RUSTFLAGS -u RUSTC_WRAPPER \
      RUSTC_BOOTSTRAP=1 RUSTC="$new/bin/rustc" RUSTDOC="$new/bin/rustdoc" CARGO_TARGET_DIR="$stage/target" \
      RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$new/lib/rustlib/src/rust=/rust --remap-path-prefix=$stage=/build --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
      nice "$new/bin/cargo" build --release --target "$WASM_TARGET" -Zbuild-std=std,panic_abort,proc_macro,test)
  find "$stage/target/$WASM_TARGET/release/deps" -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$libs/" \;
  # The source was for this only; it is kept small for a "go to definition" into std.
  rm -rf "$new/lib/rustlib/src/rust/library"/{vendor,stdarch/ci,compiler-builtins/ci}
}

# A program built as a user of the toolchain would.
try_out() {
  printf '%s\n' 'fn main() { println!("{:?}", std::fs::read("hello")); }' >"$stage/hello.rs"
  "$new/bin/rustc" --target "$WASM_TARGET" -O "$stage/hello.rs" -o "$stage/hello.wasm"
}

make_one() {
  debian_like || fail "no Rust target $WASM_TARGET here, and rustup is told not to download (RUSTUP_AUTO_INSTALL=0): run 'rustup target add $WASM_TARGET' where it may."
  rust_offered || as_root apt-get update -qq || true
  rust_offered || fail "no Rust target $WASM_TARGET here, rustup is told not to download (RUSTUP_AUTO_INSTALL=0), and apt offers no rustc-web that is new enough: add Debian's security updates to apt's sources and run 'apt-get update' as root, or 'rustup target add $WASM_TARGET' where it may download."
  only_one
  made && return
  bash "$REPO/scripts/setup-wasm-c.sh" --make
  stage=$(mktemp -d "$CACHE/stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  new=$stage/rust-wasm
  mkdir "$new"
  step "Rust from Debian packages" unpack_rust
  step "building std for $WASM_TARGET" build_std
  step "compiling a Rust program with it" try_out
  say "$STAMP" >"$new/STAMP"
  replace_folder "$new" "$WASM_RUST"
}

have rustc || fail "Rust is missing: install it from https://rustup.rs and run this again."

have cc || fail "no C compiler (cc), which Rust links with: install gcc (Debian: apt-get install gcc libc6-dev)."

if has_target; then
  remember TOOLCHAIN ""
  say "Rust for WebAssembly: the active toolchain ($(rustc --version))"
elif ! have rustup; then
  fail "this Rust has no target $WASM_TARGET and there is no rustup to add it: install your system's package of std for $WASM_TARGET, or Rust from https://rustup.rs."
elif [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]; then
  step "rustup target add $WASM_TARGET" rustup target add "$WASM_TARGET" ||
    fail "rustup could not add the target $WASM_TARGET (above): mend that and run this again."
  remember TOOLCHAIN ""
  say "Rust for WebAssembly: the active toolchain ($(rustc --version))"
else
  HOST=$(rustc -vV | sed -n 's/^host: //p')
  made || make_one
  rustup toolchain link "$WASM_TOOLCHAIN" "$WASM_RUST" 2>/dev/null ||
    fail "rustup could not link $WASM_RUST as toolchain $WASM_TOOLCHAIN: run 'rustup toolchain link $WASM_TOOLCHAIN $WASM_RUST' to see why."
  remember TOOLCHAIN "+$WASM_TOOLCHAIN"
  say "Rust for WebAssembly: $WASM_RUST, as cargo +$WASM_TOOLCHAIN"
fi
