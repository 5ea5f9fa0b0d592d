#!/usr/bin/env bash
# Runs the conformance suite (docs/conformance.md) on the host, or on the Spin CLI at SPIN.
#
#   CHECK_DIFFERENCES=1   on Spin, also run the checks that are known to fail there

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"

if [ -n "${SPIN:-}" ]; then
  program=$(command -v "$SPIN") || fail "SPIN=$SPIN is not a program."
  # The checks run it in folders of their own.
  SPIN=$(realpath "$program")
  export SPIN
  "$SPIN" --version
fi
scripts/setup.sh --tests
scripts/build.sh host-guest
cargo test --target-dir target -p tonearm-host --test black_box
