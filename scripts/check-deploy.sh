#!/usr/bin/env bash
# Checks overlays of deploy/spinkube, or one of yours on top of them, without a cluster.
# Without arguments all of the project's own, and deploy/compose.
#
#   scripts/check-deploy.sh deploy/spinkube/overlays/mine

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$REPO/scripts/setup-deploy-checks.sh" >&2
KUBECTL=$DEPLOY_CHECKS/bin/kubectl PYTHONDONTWRITEBYTECODE=1 \
  "$DEPLOY_CHECKS/bin/python" "$REPO/deploy/check" "$@"
