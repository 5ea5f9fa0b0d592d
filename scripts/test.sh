#!/usr/bin/env bash
# Sets up, builds, and runs every test, the end-to-end tests in both layouts.
# Arguments go to nextest, and leave the examples in the docs and the second layout
# out. Choose by filter: with -p, cargo would build everything again with other
# features.
#
#   scripts/test.sh -E 'package(tonearm-jobs)'
#   LAYOUT=split scripts/test.sh -E 'binary(e2e)'

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"
# A run builds once; what it would keep for the next takes a fifth of the disk.
export CARGO_INCREMENTAL=0

scripts/setup.sh --tests
# Only what is for WebAssembly: nextest builds the host itself.
# shellcheck disable=SC2046 # one argument a package
scripts/build.sh $(shipped_packages) "$C_EXAMPLE"
# shellcheck disable=SC2046
scripts/build.sh $(guest_packages)

native=(--workspace --target-dir target)
for package in $(untested_packages); do native+=(--exclude "$package"); done

if ! (($#)); then
  cargo test --doc "${native[@]}"
  SECONDS_EACH=1 scripts/fuzz.sh
  # A process per service. Not the tests that start no app, and not those that
  # choose a layout of their own.
  LAYOUT=split cargo nextest run --no-tests fail "${native[@]}" \
    -E 'binary(e2e) and not test(/^(grants|worlds|instruments|outage|rolling|split)::/)'
fi
# Last, so that the last line of all says how many tests ran. None is an error.
cargo nextest run --no-tests fail "${native[@]}" "$@"
