# Shared by all scripts: messages, steps, folders. Sourced, never run.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/tonearm
# The C compiler for WebAssembly, and the Rust toolchain that uses its linker.
WASM_C=$CACHE/wasi-sdk
WASM_RUST=$CACHE/rust-wasm
WASM_TOOLCHAIN=tonearm-wasm
# FFmpeg's audio decoders, which the plugin decoder-libavcodec links.
FFMPEG=$CACHE/ffmpeg
# Linters, nextest and kubectl: a Python environment.
TOOLS=$CACHE/tools
WASM_TARGET=wasm32-wasip2

# Scripts build from scratch or little, where incremental compilation costs more time
# than it saves, and a fifth of the disk.
export CARGO_INCREMENTAL=0

say() { printf '%s\n' "$*"; }

# fail SENTENCE: prints what is missing and what to do about it, and exits.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# step WHAT COMMAND...: runs the command and prints how long it took. Its output goes to
# a log, which is shown only if it fails.
step() {
  local what=$1 log start status=0
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/tonearm-step.XXXXXX")
  start=$SECONDS
  printf '  %s ... ' "$what"
  # The subshell keeps `set -e` in force inside the command; `||` would switch it off.
  set +e
  (set -e; "$@") >"$log" 2>&1
  status=$?
  set -e
  if ((status)); then
    printf 'failed after %s s\n' $((SECONDS - start))
    tail -n 40 "$log" >&2
    say "  (the whole log: $log)" >&2
    return "$status"
  fi
  printf '%s s\n' $((SECONDS - start))
  rm -f "$log"
}

# as_root COMMAND...: runs it as root; fails with status 126 if that needs a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 126
  fi
}

# replace_folder NEW OLD: moves NEW to OLD, so that OLD is complete at any time.
replace_folder() {
  local new=$1 old=$2
  if [ -e "$old" ]; then mv "$old" "$new.old"; fi
  mv "$new" "$old"
  rm -rf "$new.old"
}

# stamp_of FILE...: a hash of the scripts that make a folder, to notice that they changed.
stamp_of() { cat "$@" | cksum | tr ' ' '-'; }

# only_one: if two checkouts set up the machine at the same time, the second waits for
# the first and then finds the work done.
only_one() {
  [ -z "${TONEARM_LOCKED:-}" ] && have flock || return 0
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  export TONEARM_LOCKED=yes
}

# remember NAME VALUE: saves what set-up found, for scripts/env.sh.
remember() {
  mkdir -p "$CACHE"
  touch "$CACHE/env"
  { grep -v "^$1=" "$CACHE/env" || true; printf '%s=%q\n' "$1" "$2"; } >"$CACHE/env.$$"
  mv "$CACHE/env.$$" "$CACHE/env"
}
