#!/usr/bin/env bash
# Sets up, builds, and runs every test that a change must pass. A table of where the
# time went comes last (docs/testing.md). Arguments go to nextest and replace the choice
# of tests. Choose by filter: with -p, cargo would build everything again with other
# features.
#
#   scripts/test.sh -E 'package(tonearm-jobs)'
#   LAYOUT=split scripts/test.sh -E 'binary(e2e)'

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/side-by-side.sh"
source "$REPO/scripts/timing.sh"
cd "$REPO"
# A missing ffmpeg or Redis is a failure here, not a reason to skip a test.
export TONEARM_REQUIRE_TOOLS=1

mapfile -t native < <(native_packages)
nextest() { cargo nextest run --no-tests fail "${native[@]}" "$@"; }

# The tests' own components have a cargo call of their own: in one call with the
# services, features of their dependencies would reach what is shipped.
components() {
  # shellcheck disable=SC2046 # one argument a package
  scripts/build.sh $(shipped_packages) "$C_EXAMPLE" && scripts/build.sh $(guest_packages)
}

# Components and native tests share no target folder, so cargo builds them side by side.
build() {
  side components components
  side tests nextest --no-run
  side_by_side
}

# print_count: how many tests the last nextest ran, as the closing line of all output.
print_count() {
  sed -n 's/^<testsuites .* tests="\([0-9]*\)" failures="\([0-9]*\)" errors="\([0-9]*\)".*/\1 \2 \3/p' \
    target/nextest/default/junit.xml | awk '{ printf "Tests: %d passed, %d failed\n", $1 - $2 - $3, $2 + $3 }'
}

doc_tests() { cargo test --quiet --doc "${native[@]}"; }

timed "set-up" scripts/setup.sh --tests
PATH=$PATH:$TOOLS/bin
timed "build components and native tests" build
if (($#)); then
  timed "tests" nextest "$@"
else
  timed "doc tests" doc_tests
  LAYOUT='split' timed "tests that depend on the layout, split" nextest --profile split
  timed "tests" nextest
fi
print_timings
print_count
