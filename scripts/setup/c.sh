#!/usr/bin/env bash
# Finds a C compiler for WebAssembly: the wasi-sdk that WASI_SDK_PATH names, or one made
# from Debian packages. LAME, the MP3 encoder, is C, and the `cc` crate looks for a
# wasi-sdk.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

sdk=${WASI_SDK_PATH:-$WASM_C}
if [ "$sdk" = "$WASM_C" ]; then
  "$REPO/scripts/setup/debian/c.sh"
elif ! [ -x "$sdk/bin/clang" ]; then
  fail "WASI_SDK_PATH is $sdk, but there is no bin/clang in it: set it to the folder of a wasi-sdk, or unset it."
fi
remember WASI_SDK "$sdk"
say "C for WebAssembly: $sdk"
