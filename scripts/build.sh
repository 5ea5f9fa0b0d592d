#!/usr/bin/env bash
# Builds components and plugins for WebAssembly (into target/wasm32-wasip2/release,
# where spin.toml looks) and the host that runs them.
#
#   scripts/build.sh               all of it
#   scripts/build.sh gateway …     only these packages, for WebAssembly; adpcm-c is
#                                  the example in C

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/env.sh"
cd "$REPO"

if (($#)); then packages=$*; else packages="$(shipped_packages) $C_EXAMPLE"; fi

# Any C compiler for WebAssembly makes a plugin of C files, given the interface. The
# world of services is cut off the file, since it must leave no choice of world.
build_c_example() {
  local wit=target/encoder-plugin.wit
  sed '/^\/\/\/ What a service that encodes is/,$d' wit/audio/encoder.wit >"$wit"
  "$WASI_SDK_PATH/bin/wasm32-wasip2-clang" -std=c17 -O3 -Wall -Wextra -Werror -mexec-model=reactor \
    "examples/$C_EXAMPLE"/*.c -o "target/$WASM_TARGET/release/${C_EXAMPLE//-/_}.wasm" -Wl,--component-type,"$wit"
}

options=()
for package in $packages; do
  if [ "$package" != "$C_EXAMPLE" ]; then options+=(-p "$package"); fi
done
# spin.toml names this folder, whatever CARGO_TARGET_DIR says.
if ((${#options[@]})); then
  # shellcheck disable=SC2086 # no toolchain name is no argument
  cargo $TONEARM_WASM_TOOLCHAIN build --target-dir target --release --target "$WASM_TARGET" "${options[@]}"
fi
for package in $packages; do
  if [ "$package" = "$C_EXAMPLE" ]; then build_c_example; fi
  file=target/$WASM_TARGET/release/${package//-/_}.wasm
  printf '%8d KiB  %s\n' $(($(wc -c <"$file") / 1024)) "$file"
done

if ! (($#)); then cargo build --target-dir target -p tonearm-host; fi
