#!/usr/bin/env bash
# Builds components and plugins for WebAssembly (into target/wasm32-wasip2/release,
# where spin.toml expects them) and the host that runs them.
#
#   scripts/build.sh               all of it
#   scripts/build.sh gateway …     only these packages, for WebAssembly; adpcm-c is
#                                  the example in C

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/side-by-side.sh"
source "$REPO/scripts/env.sh"
cd "$REPO"

# Any C compiler for WebAssembly makes a plugin of C files, given the interface. The
# interface must leave no choice of world, so the services' world is cut off.
build_c_example() {
  local wit=target/encoder-plugin.wit
  mkdir -p "target/$WASM_TARGET/release"
  awk '/^\/\/\// { doc = doc $0 "\n"; next } /^world encoder-user/ { exit } { printf "%s%s\n", doc, $0; doc = "" }' \
    wit/audio/encoder.wit >"$wit"
  "$WASI_SDK_PATH/bin/wasm32-wasip2-clang" -std=c17 -O3 -Wall -Wextra -Werror -mexec-model=reactor \
    "examples/$C_EXAMPLE"/*.c -o "target/$WASM_TARGET/release/${C_EXAMPLE//-/_}.wasm" -Wl,--component-type,"$wit"
}

# build_components PACKAGE...: the target folder is where spin.toml expects it, whatever
# CARGO_TARGET_DIR is.
build_components() {
  local package options=() c_example=''
  for package in "$@"; do
    if [ "$package" = "$C_EXAMPLE" ]; then c_example=yes; else options+=(-p "$package"); fi
  done
  if ((${#options[@]})); then
    # shellcheck disable=SC2086 # no toolchain name is no argument
    cargo $TONEARM_WASM_TOOLCHAIN build --locked --target-dir target --release --target "$WASM_TARGET" "${options[@]}"
  fi
  if [ -n "$c_example" ]; then build_c_example; fi
}

print_sizes() {
  local package file
  for package in "$@"; do
    file=target/$WASM_TARGET/release/${package//-/_}.wasm
    printf '%8d KiB  %s\n' $(($(wc -c <"$file") / 1024)) "$file"
  done
}

if (($#)); then
  build_components "$@"
  print_sizes "$@"
else
  # shellcheck disable=SC2046 # one argument a package
  set -- $(shipped_packages) "$C_EXAMPLE"
  say "Building components and host: some minutes the first time, seconds after that."
  side components build_components "$@"
  side host cargo build --locked --target-dir target -p tonearm-host
  side_by_side
  print_sizes "$@"
fi
