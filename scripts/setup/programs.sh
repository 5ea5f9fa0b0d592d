#!/usr/bin/env bash
# Finds or installs the ordinary programs: curl and Redis to run; with --tests also
# ffmpeg, which makes the tests' media, a browser with node, and nextest; with --checks the
# linters.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$REPO/scripts/setup/apt.sh"

purpose=${1:-}

program curl curl
# REDIS_URL replaces a local Redis for `make run`; the tests start their own.
if [ -n "${REDIS_URL:-}" ] && [ "$purpose" != --tests ]; then
  say "redis: $REDIS_URL (REDIS_URL)"
elif [ "$purpose" != --checks ]; then
  program redis-server redis-server
fi

case $purpose in
--tests)
  program ffmpeg ffmpeg
  program chromium chromium
  "$REPO/scripts/setup/node.sh"
  ;;
--checks) program luacheck lua-check ;;
esac
if [ -n "$purpose" ]; then "$REPO/scripts/setup/tools.sh"; fi
