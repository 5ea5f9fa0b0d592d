#!/usr/bin/env bash
# Formatting and clippy, with every warning an error: native crates with the
# ordinary toolchain, components and plugins with the one for WebAssembly.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"

scripts/setup.sh
source scripts/env.sh

native=() wasm=()
for package in $(untested_packages); do native+=(--exclude "$package"); done
for package in $(shipped_packages) $(guest_packages); do wasm+=(-p "$package"); done

cargo fmt --all --check
cargo clippy --target-dir target --workspace "${native[@]}" --all-targets -- -D warnings
# shellcheck disable=SC2086 # no toolchain name is no argument
if cargo $TONEARM_WASM_TOOLCHAIN clippy --version >/dev/null 2>&1; then
  cargo $TONEARM_WASM_TOOLCHAIN clippy --target-dir target --release --target "$WASM_TARGET" "${wasm[@]}" -- -D warnings
else
  say "The toolchain for WebAssembly has no clippy: components were not checked."
fi
