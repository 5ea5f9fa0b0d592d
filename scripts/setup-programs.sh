#!/usr/bin/env bash
# Sees to the ordinary programs that building, running and testing need: make for
# LAME's own build, Redis and curl to run, and with --tests ffmpeg, which makes the
# tests' media, and cargo-nextest, which runs them.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The newest that was tried here; it wants Rust 1.91 or newer.
NEXTEST=0.9.143

# program COMMAND PACKAGE: finds it on PATH or installs the Debian package.
program() {
  local command=$1 package=$2
  if ! have "$command"; then
    have apt-get || fail "$command is missing: install it with your system's package manager (Debian calls it $package)."
    as_root true || fail "$command is missing, and installing it needs root: run 'apt-get install $package' as root."
    step "installing $package" install_package "$package" ||
      fail "apt-get could not install $package (above): install it by hand and run this again."
    have "$command" || fail "$package is installed but $command is not on PATH: add its folder to PATH."
  fi
  say "$command: $(command -v "$command")"
}

install_package() {
  apt-cache show "$1" >/dev/null 2>&1 || as_root apt-get update -q
  # RUNLEVEL=1 keeps Debian from starting a Redis of its own now.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends "$1" ||
    # Old lists name versions that the mirror has dropped.
    { as_root apt-get update -q &&
      as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends "$1"; }
}

program make make
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
