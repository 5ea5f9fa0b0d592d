#!/usr/bin/env bash
# Makes this machine ready to build and run Tonearm. It asks nothing, is quick when
# there is nothing to do, and says in one sentence what it cannot do.
#
#   scripts/setup.sh             to build and run
#   scripts/setup.sh --tests     and to run the tests
#   scripts/setup.sh --checks    and to run the linters

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start=$SECONDS
"$REPO/scripts/setup/rust.sh"
"$REPO/scripts/setup/c.sh"
"$REPO/scripts/setup/ffmpeg.sh"
"$REPO/scripts/setup/programs.sh" "$@"
"$REPO/scripts/wit-deps.sh"
say "Ready after $((SECONDS - start)) s."
