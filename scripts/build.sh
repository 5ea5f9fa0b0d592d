#!/usr/bin/env bash
# Builds components and plugins for WebAssembly (into target/wasm32-wasip2/release,
# where spin.toml looks) and the host that runs them.
#
#   scripts/build.sh               all of it
#   scripts/build.sh gateway …     only these packages, for WebAssembly

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/env.sh"
cd "$REPO"

if (($#)); then packages=$*; else packages=$(shipped_packages); fi

options=()
for package in $packages; do options+=(-p "$package"); done
# spin.toml names this folder, whatever CARGO_TARGET_DIR says.
# shellcheck disable=SC2086 # no toolchain name is no argument
cargo $TONEARM_WASM_TOOLCHAIN build --target-dir target --release --target "$WASM_TARGET" "${options[@]}"
for package in $packages; do
  file=target/$WASM_TARGET/release/${package//-/_}.wasm
  printf '%8d KiB  %s\n' $(($(wc -c <"$file") / 1024)) "$file"
done

if ! (($#)); then cargo build --target-dir target -p tonearm-host; fi
