#!/usr/bin/env bash
# Sets up, builds, and runs every test. Arguments go to nextest, and leave the
# examples in the docs out:
#
#   scripts/test.sh -p tonearm-jobs

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"

scripts/setup.sh --tests
scripts/build.sh
# shellcheck disable=SC2046 # one argument a package
scripts/build.sh $(guest_packages)

# These are built for WebAssembly only; the end-to-end tests run them.
native=(--workspace --target-dir target)
for package in $(shipped_packages) $(guest_packages); do native+=(--exclude "$package"); done

if ! (($#)); then cargo test --doc "${native[@]}"; fi
# Last, so that the last line of all says how many tests ran. None is an error.
cargo nextest run --no-tests fail "${native[@]}" "$@"
