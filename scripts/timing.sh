# A table of how long each step of a script took. Sourced, never run.
# shellcheck shell=bash

TIMINGS=()

# cpu_seconds: CPU time of all finished child processes so far, in seconds.
# It must not run in a subshell, which has no children yet; so it sets CPU.
cpu_seconds() {
  local file
  file=$(mktemp)
  times >"$file"
  CPU=$(awk 'NR == 2 { gsub(/[ms]/, " "); print int($1 * 60 + $2 + $3 * 60 + $4) }' "$file")
  rm -f "$file"
}

# timed WHAT COMMAND...: runs the command with its output visible, records its time and
# returns its status. The command stops at its first error, so bash must not ignore
# errors where `timed` is called: never call it in `if`, `&&` or `||`, but by `attempt`.
timed() {
  local what=$1 start=$SECONDS before status options=$-
  shift
  cpu_seconds
  before=$CPU
  say "== $what"
  set +e
  (set -e; "$@")
  status=$?
  cpu_seconds
  TIMINGS+=("$(printf '| %-44s | %6d | %6d |' "$what" $((SECONDS - start)) $((CPU - before)))")
  if [[ $options == *e* ]]; then set -e; fi
  return "$status"
}

# attempt WHAT COMMAND...: a timed step after which the script goes on. FAILED lists the
# steps that failed.
FAILED=()
attempt() {
  local status
  set +e
  timed "$@"
  status=$?
  set -e
  if ((status)); then FAILED+=("$1"); fi
}

# exit_if_any_failed: names the failed steps and ends the script, if there are any.
exit_if_any_failed() {
  ((${#FAILED[@]})) || return 0
  printf 'failed: %s\n' "${FAILED[@]}" >&2
  exit 1
}

# print_timings: the table, in the form that docs/testing.md has it.
print_timings() {
  printf '\n| %-44s | %6s | %6s |\n|%s|--------|--------|\n' step 'wall s' 'CPU s' "$(printf -- '-%.0s' {1..46})"
  printf '%s\n' "${TIMINGS[@]}"
  cpu_seconds
  printf '| %-44s | %6d | %6d |\n\n' total "$SECONDS" "$CPU"
}
