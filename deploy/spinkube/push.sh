#!/usr/bin/env bash
# Pushes the built application to a registry with the Spin CLI, and prints the next steps.
# One image contains all components; each SpinApp selects its own.
#
#   make build && deploy/spinkube/push.sh ghcr.io/you/tonearm:0.2.0
#
#   SPIN=/path/to/spin   where `spin` is not on PATH (3.6 or newer)

source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
source "$REPO/scripts/packages.sh"
cd "$REPO"

reference=${1:-} spin=${SPIN:-spin}
name=${reference%:*} tag=${reference##*:}
case $reference in
*/*) ;;
*) fail "say where to: deploy/spinkube/push.sh REGISTRY/NAME:VERSION." ;;
esac
case $tag in
*/*) fail "$reference has no version: add one, as in $reference:0.2.0." ;;
latest) fail "$reference: a version that says nothing can't be rolled back to: choose another than latest." ;;
esac
have "$spin" || fail "there is no $spin on PATH: install Spin 3.6 or newer, or set SPIN to its path."

for package in $(shipped_packages); do
  file=target/$WASM_TARGET/release/${package//-/_}.wasm
  [ -f "$file" ] || fail "$file is missing: run 'make build' first."
done
"$spin" registry push --from spin.toml "$reference"

cat <<END

Pushed $reference. To run it, in an overlay of your own (see docs/operating.md):

  mkdir -p deploy/spinkube/overlays/mine
  cat >deploy/spinkube/overlays/mine/kustomization.yaml <<'YAML'
  apiVersion: kustomize.config.k8s.io/v1beta1
  kind: Kustomization
  resources: [../production]
  images: [{name: registry.example/tonearm, newName: $name, newTag: "$tag"}]
  YAML
  scripts/check-deploy.sh deploy/spinkube/overlays/mine
  kubectl apply -k deploy/spinkube/overlays/mine
END
