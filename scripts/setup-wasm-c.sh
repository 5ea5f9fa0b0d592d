#!/usr/bin/env bash
# Finds or makes a C compiler for WebAssembly, laid out like a wasi-sdk, which is
# where the `cc` crate looks for one. LAME, the MP3 encoder, is C.
#
#   scripts/setup-wasm-c.sh           find one, or make one from Debian and npm packages
#   scripts/setup-wasm-c.sh --make    make one even if WASI_SDK_PATH names another
#
# What is made goes to the cache folder, nothing to the system. Delete the folder
# and run this again to have it from newer packages.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/debian-packages.sh"

# The C library. Debian's own wasi-libc (2022) is too old: file calls fail in it.
LIBC_PACKAGE=@yowasp/clang@22.0.0-git20542-10
LIBC_SHA256=6230ea1afa9691fa065935cf68c01642ff9b31c183fe8ac64cdfda025df06009

STAMP=$(stamp_of "$REPO"/scripts/{setup-wasm-c.sh,debian-packages.sh,wasm/sockets.c})

made() { [ "$(cat "$WASM_C/STAMP" 2>/dev/null)" = "$STAMP" ] && [ -x "$WASM_C/bin/clang" ]; }

# The linker that makes components. Rust brings it, even where it lacks the target.
component_linker() {
  local rustc
  rustc=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/wasm-component-ld
  if [ -x "$rustc" ]; then say "$rustc"; else command -v wasm-component-ld; fi
}

unpack_compiler() {
  local v
  v=$(llvm_version)
  unpack_packages "$stage/debs" \
    "libllvm$v" "clang-$v" "libclang-cpp$v" "libclang-common-$v-dev" \
    "libclang-rt-$v-dev-wasm32" "lld-$v" "llvm-$v"
  local llvm=$stage/debs/usr/lib/llvm-$v libs=$stage/debs/usr/lib/x86_64-linux-gnu tool

  # The programs look for their libraries in ../lib, so they need no wrappers.
  mkdir -p "$new/bin" "$new/lib/clang"
  mv "$libs"/libLLVM*.so* "$libs"/libclang-cpp.so* "$new/lib/"
  mv "$llvm/lib/clang/$v" "$new/lib/clang/"
  for tool in clang lld llvm-ar llvm-nm llvm-objcopy; do
    cp "$(readlink -f "$llvm/bin/$tool")" "$new/bin/$tool"
  done
  for tool in clang++ wasm32-wasip1-clang wasm32-wasip1-clang++ wasm32-wasip2-clang wasm32-wasip2-clang++; do
    ln -s clang "$new/bin/$tool"
  done
  ln -s lld "$new/bin/wasm-ld"
  ln -s llvm-ar "$new/bin/llvm-ranlib"
  ln -s llvm-ar "$new/bin/ar"
  ln -s llvm-ar "$new/bin/ranlib"
  ln -s llvm-nm "$new/bin/nm"
  ln -s llvm-objcopy "$new/bin/llvm-strip"
  ln -s llvm-objcopy "$new/bin/strip"
  cp "$(component_linker)" "$new/bin/wasm-component-ld"
  # Read by every call. Without the second line clang runs any wasm-opt it finds on PATH.
  printf '%s\n' '--sysroot=<CFGDIR>/../share/wasi-sysroot' '--no-wasm-opt' >"$new/bin/clang.cfg"

  local builtins=$new/lib/clang/$v/lib/wasi/libclang_rt.builtins-wasm32.a triple
  for triple in wasm32-unknown-wasip1 wasm32-unknown-wasip2; do
    mkdir -p "$new/lib/clang/$v/lib/$triple"
    cp "$builtins" "$new/lib/clang/$v/lib/$triple/libclang_rt.builtins.a"
  done
  mv "$stage/debs/packages.txt" "$new/"
}

fetch_libc() {
  local tarball
  cd "$stage"
  tarball=$(npm pack --silent "$LIBC_PACKAGE")
  printf '%s  %s\n' "$LIBC_SHA256" "$tarball" | sha256sum --check --quiet
  tar xzf "$tarball" package/gen/llvm-resources.tar
  mkdir libc
  tar xf package/gen/llvm-resources.tar -C libc include/wasm32-wasip1 lib/wasm32-wasip1
  rm -r package "$tarball"
  say "$LIBC_PACKAGE" >>"$new/packages.txt"
}

lay_out_libc() {
  local sysroot=$new/share/wasi-sysroot
  mkdir -p "$sysroot/include" "$sysroot/lib"
  mv "$stage/libc/include/wasm32-wasip1" "$sysroot/include/"
  mv "$stage/libc/lib/wasm32-wasip1" "$sysroot/lib/"
  ln -s wasm32-wasip1 "$sysroot/include/wasm32-wasip2"
  cp -r "$sysroot/lib/wasm32-wasip1" "$sysroot/lib/wasm32-wasip2"
  "$new/bin/wasm32-wasip2-clang" -O2 -Wall -Wno-unused-parameter -c "$REPO/scripts/wasm/sockets.c" -o "$stage/sockets.o"
  "$new/bin/llvm-ar" rD "$sysroot/lib/wasm32-wasip2/libc.a" "$stage/sockets.o"
}

# A program made of what was laid out, C library and component linker included.
try_out() {
  printf '%s\n' '#include <stdio.h>' 'int main(void) { return puts("hello") < 0; }' >"$stage/hello.c"
  "$new/bin/wasm32-wasip2-clang" -O2 "$stage/hello.c" -o "$stage/hello.wasm"
}

make_one() {
  debian_like || fail "no C compiler for WebAssembly: install a wasi-sdk (version 24 or newer) and set WASI_SDK_PATH to its folder."
  [ -n "$(llvm_version)" ] || as_root apt-get update -qq || true
  [ -n "$(llvm_version)" ] || fail "apt offers no clang that can do WebAssembly (libclang-rt-NN-dev-wasm32): run 'apt-get update' as root, or install a wasi-sdk and set WASI_SDK_PATH to its folder."
  libraries_of "libllvm$(llvm_version)"
  # The C library comes from its registry.
  program npm npm
  [ -n "$(component_linker)" ] || fail "wasm-component-ld is missing: run 'cargo install --locked wasm-component-ld'."

  only_one
  made && return
  stage=$(mktemp -d "$CACHE/stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  new=$stage/wasi-sdk
  mkdir "$new"
  step "clang, lld and LLVM from Debian packages" unpack_compiler
  step "C library from npm ($LIBC_PACKAGE)" fetch_libc
  step "laying out $WASM_C" lay_out_libc
  step "compiling a C program with it" try_out
  say "$STAMP" >"$new/STAMP"
  replace_folder "$new" "$WASM_C"
}

if [ "${1:-}" != --make ] && [ -n "${WASI_SDK_PATH:-}" ] && [ "$WASI_SDK_PATH" != "$WASM_C" ]; then
  [ -x "$WASI_SDK_PATH/bin/clang" ] || fail "WASI_SDK_PATH is $WASI_SDK_PATH, but there is no bin/clang in it: set it to the folder of a wasi-sdk, or unset it."
  remember WASI_SDK "$WASI_SDK_PATH"
  say "C for WebAssembly: $WASI_SDK_PATH (WASI_SDK_PATH)"
  exit
fi
made || make_one
remember WASI_SDK "$WASM_C"
say "C for WebAssembly: $WASM_C"
