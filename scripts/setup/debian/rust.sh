#!/usr/bin/env bash
# Makes a Rust toolchain for wasm32-wasip2 from Debian packages, with std built from
# source. Only for machines where rustup may not download. The result is in the cache
# folder; delete that to rebuild it from newer packages.

source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
source "$REPO/scripts/setup/apt.sh"
source "$REPO/scripts/setup/debian/packages.sh"

HOST=$(rustc -vV | sed -n 's/^host: //p')
STAMP=$(stamp_of "$REPO"/scripts/setup/debian/{rust.sh,c.sh,packages.sh,sockets.c})

made() {
  [ "$(cat "$WASM_RUST/STAMP" 2>/dev/null)" = "$STAMP" ] &&
    # Links to the machine's own toolchain and to the C compiler, which may have gone.
    [ -x "$WASM_RUST/bin/cargo" ] && [ -x "$WASM_RUST/lib/rustlib/$HOST/bin/rust-lld" ]
}

# rust_offered: apt has a Rust as new as rust-version. Debian's security updates carry
# it; the release itself has an older one under the same name.
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
  # The machine's own will do.
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
  # Bitcode in the libraries makes LTO possible. This machine's paths and the user's
  # cargo settings stay out.
  (cd "$stage/empty" &&
    env -u CARGO_BUILD_TARGET -u CARGO_ENCODED_RUSTFLAGS -u RUSTC_WRAPPER \
      RUSTC_BOOTSTRAP=1 RUSTC="$new/bin/rustc" RUSTDOC="$new/bin/rustdoc" CARGO_TARGET_DIR="$stage/target" \
      RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$new/lib/rustlib/src/rust=/rust --remap-path-prefix=$stage=/build --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
      nice "$new/bin/cargo" build --release --target "$WASM_TARGET" -Zbuild-std=std,panic_abort,proc_macro,test)
  find "$stage/target/$WASM_TARGET/release/deps" -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$libs/" \;
  # Keep only as much of the source as "go to definition" into std needs.
  rm -rf "$new/lib/rustlib/src/rust/library"/{vendor,stdarch/ci,compiler-builtins/ci}
}

# Compiles a program as a user of the toolchain does.
try_out() {
  printf '%s\n' 'fn main() { println!("{:?}", std::fs::read("hello")); }' >"$stage/hello.rs"
  "$new/bin/rustc" --target "$WASM_TARGET" -O "$stage/hello.rs" -o "$stage/hello.wasm"
}

make_toolchain() {
  debian_like || fail "no Rust target $WASM_TARGET here, and rustup may not download (RUSTUP_AUTO_INSTALL=0): run 'rustup target add $WASM_TARGET' where it may."
  rust_offered || as_root apt-get update -qq || true
  rust_offered || fail "no Rust target $WASM_TARGET here, rustup may not download (RUSTUP_AUTO_INSTALL=0), and apt offers no rustc-web that is new enough: add Debian's security updates to apt's sources and run 'apt-get update' as root, or 'rustup target add $WASM_TARGET' where it may download."
  only_one
  made && return
  "$REPO/scripts/setup/debian/c.sh"
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

made || make_toolchain
