#!/usr/bin/env bash
# Sees to the ordinary programs that building, running and testing need: Redis and curl
# to run, and with --tests ffmpeg, which makes the tests' media, and cargo-nextest,
# which runs them.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/debian-packages.sh"

# The newest that was tried here; it wants Rust 1.91 or newer.
NEXTEST=0.9.143

program curl curl
# A Redis elsewhere is as good; the tests start their own.
if [ -n "${REDIS_URL:-}" ] && [ "${1:-}" != --tests ]; then
  say "redis: $REDIS_URL (REDIS_URL)"
else
  program redis-server redis-server
fi

if [ "${1:-}" = --tests ]; then
  program ffmpeg ffmpeg
  if ! have cargo-nextest; then
    say "cargo-nextest is built from source, which takes some minutes:"
    step "cargo install cargo-nextest $NEXTEST" cargo install --locked "cargo-nextest@$NEXTEST" ||
      fail "cargo-nextest could not be built (above): install it from https://nexte.st and run this again."
  fi
  say "cargo-nextest: $(command -v cargo-nextest || say "${CARGO_HOME:-$HOME/.cargo}/bin/cargo-nextest")"
fi
