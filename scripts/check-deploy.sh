#!/usr/bin/env bash
# Checks overlays of deploy/spinkube without a cluster. Without arguments it checks all
# of the project's overlays and deploy/compose.
#
#   scripts/check-deploy.sh deploy/spinkube/overlays/mine

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$REPO/scripts/setup/tools.sh" >&2
KUBECTL=$TOOLS/bin/kubectl PYTHONDONTWRITEBYTECODE=1 "$TOOLS/bin/python" "$REPO/deploy/check" "$@"
