#!/usr/bin/env bash
# Licences, bans and sources of all dependencies by deny.toml, and known
# vulnerabilities where the advisory database can be fetched.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$REPO"

cargo deny --locked check --hide-inclusion-graph licenses bans sources
if cargo deny --locked fetch db >/dev/null 2>&1; then
  cargo deny --locked check --disable-fetch --hide-inclusion-graph advisories
else
  say "SKIPPED: advisories, because the RustSec database cannot be fetched from here."
fi
