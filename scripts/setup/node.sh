#!/usr/bin/env bash
# Finds or installs node and npm, and the packages of the browser tests in the versions of
# their lockfile.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$REPO/scripts/setup/apt.sh"

program node nodejs
program npm npm
node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' || fail "node 18 or newer is needed; this is $(node --version)."

cd "$REPO/tests/browser"
stamp="$(node --version) $(stamp_of package.json package-lock.json)"
if [ "$(cat node_modules/STAMP 2>/dev/null)" != "$stamp" ]; then
  # No package needs a script of its own to be installed.
  step "installing the packages of tests/browser from npm" npm ci --ignore-scripts --no-audit --no-fund ||
    fail "npm could not install tests/browser/package-lock.json (above)."
  say "$stamp" >node_modules/STAMP
fi
say "packages of the browser tests: $REPO/tests/browser/node_modules"
