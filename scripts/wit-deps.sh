#!/usr/bin/env bash
# Fills the git-ignored wit/deps/ with the interfaces of Spin and WASI. They come from
# the spin-sdk crate that the components are built with, so that host and components
# cannot differ.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The spin-sdk whose interfaces Spin 3.6 links; see Cargo.toml.
WANTED=5.2

# fermyon:spin@2.0.0, the older unversioned package (which has inbound-redis), and WASI in
# the versions of Spin's worlds (0.2.0 and a release candidate) and of Rust's std (0.2.6).
# WASI 0.3 and the worlds that use it stay out.
PACKAGES='spin@2.0.0 spin@unversioned *@0.2.0 *@0.2.6 *-2023-10-18'

cd "$REPO"
mkdir -p target
stage=$(mktemp -d target/wit-deps.XXXXXX)
trap 'rm -rf "$stage"' EXIT
describe_crates() { cargo metadata --format-version 1 >"$stage/metadata.json"; }
step "fetching the crates that are missing" describe_crates
manifest=$(grep -oE '"manifest_path":"[^"]*/spin-sdk(-[0-9.]+)?/Cargo.toml"' "$stage/metadata.json" | cut -d '"' -f 4 | sort -u || true)
[ -n "$manifest" ] || fail "no package of the workspace uses spin-sdk, so there are no interfaces to copy to wit/deps."
[ "$(printf '%s\n' "$manifest" | wc -l)" = 1 ] || fail "the workspace uses several versions of spin-sdk: keep one, $WANTED."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$manifest" | sed -n 1p)
case $version in
$WANTED.*) ;;
*) fail "spin-sdk is $version, but Spin 3.6 links the interfaces of $WANTED: set spin-sdk = \"$WANTED\" in Cargo.toml." ;;
esac

stamp="$version $(stamp_of scripts/wit-deps.sh)"
if [ "$(cat wit/deps/STAMP 2>/dev/null)" != "$stamp" ]; then
  mkdir "$stage/deps"
  from=$(dirname "$manifest")/wit/deps
  # shellcheck disable=SC2086 # the patterns must expand
  (cd "$from" && tar cf - $PACKAGES) | tar xf - -C "$stage/deps"
  say "$stamp" >"$stage/deps/STAMP"
  replace_folder "$stage/deps" wit/deps
fi
say "wit/deps: Spin's and WASI's interfaces of spin-sdk $version"
