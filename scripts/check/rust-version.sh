#!/usr/bin/env bash
# Checks that `rust-version` is true: it is the newest that any dependency asks for,
# and every package of the workspace states it.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$REPO"

cargo metadata --format-version 1 --locked | python3 scripts/check/rust_version.py
