#!/usr/bin/env bash
# Sets up, builds, and runs every test. Arguments go to nextest, and leave the
# examples in the docs out. Choose by filter: with -p, cargo would build everything
# again with other features.
#
#   scripts/test.sh -E 'package(tonearm-jobs)'

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"

scripts/setup.sh --tests
# Only what is for WebAssembly: nextest builds the host itself.
# shellcheck disable=SC2046 # one argument a package
scripts/build.sh $(shipped_packages)
# shellcheck disable=SC2046
scripts/build.sh $(guest_packages)

native=(--workspace --target-dir target)
for package in $(untested_packages); do native+=(--exclude "$package"); done

if ! (($#)); then
  cargo test --doc "${native[@]}"
  SECONDS_EACH=1 scripts/fuzz.sh
fi
# Last, so that the last line of all says how many tests ran. None is an error.
cargo nextest run --no-tests fail "${native[@]}" "$@"
