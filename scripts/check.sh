#!/usr/bin/env bash
# Every check that runs no tests: format, linters, documentation, dependencies.
# A warning is an error. All checks run, even after one has failed.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/timing.sh"
cd "$REPO"

scripts/setup.sh --checks
source scripts/env.sh
PATH=$PATH:$TOOLS/bin

mapfile -t native < <(native_packages)

check_format() { cargo fmt --all --check && cargo fmt --check --manifest-path fuzz/Cargo.toml; }

check_shell() { git ls-files '*.sh' .ci/run | xargs shellcheck --external-sources; }

check_lua() { luacheck --quiet --no-color components crates; }

# The syntax of every module; node reads them as modules from standard input.
check_javascript() {
  local file failed=''
  if ! have node; then
    say "SKIPPED: there is no node."
    return
  fi
  while read -r file; do
    node --check --input-type=module <"$file" || failed="$failed $file"
  done < <(git ls-files '*.js' '*.mjs')
  [ -z "$failed" ] || fail "not a module:$failed"
}

check_clippy() { cargo clippy --quiet "${native[@]}" --all-targets -- -D warnings; }

check_clippy_wasm() {
  local package wasm=()
  for package in $(shipped_packages) $(guest_packages); do wasm+=(-p "$package"); done
  # shellcheck disable=SC2086 # no toolchain name is no argument
  if cargo $TONEARM_WASM_TOOLCHAIN clippy --version >/dev/null 2>&1; then
    cargo $TONEARM_WASM_TOOLCHAIN clippy --quiet --target-dir target --release --target "$WASM_TARGET" "${wasm[@]}" -- -D warnings
  else
    say "SKIPPED: the toolchain for WebAssembly has no clippy."
  fi
}

check_docs() { RUSTDOCFLAGS='-D warnings' cargo doc --quiet "${native[@]}" --no-deps --document-private-items; }

attempt "format" check_format
attempt "rust-version" scripts/check/rust-version.sh
attempt "shell scripts (shellcheck)" check_shell
attempt "Lua scripts (luacheck)" check_lua
attempt "JavaScript (node --check)" check_javascript
attempt "spelling (typos)" typos
attempt "links in Markdown" python3 scripts/check/links.py
attempt "licences, bans, sources, advisories (deny)" scripts/check/dependencies.sh
attempt "unused dependencies (shear)" cargo shear --locked
attempt "workflows (actionlint, zizmor)" scripts/check/workflows.sh
attempt "clippy, native" check_clippy
attempt "clippy, WebAssembly" check_clippy_wasm
attempt "documentation (rustdoc)" check_docs

print_timings
exit_if_any_failed
say "All checks passed."
