#!/usr/bin/env bash
# Runs what `make test` leaves out because it takes hours or finds something rarely.
# Every part runs, even after one has failed.
#
#   SECONDS_EACH=60      how long each parser is fuzzed
#   SPIN=/path/to/spin   also run the conformance suite and the end-to-end tests on it

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/timing.sh"
cd "$REPO"

failed=()
part() { timed "$@" || failed+=("$1"); }

# Tests that choose their own layout, or start no app, ran in `make test`.
split_layout() {
  LAYOUT='split' scripts/test.sh -E 'binary(e2e) and not test(/^(grants|worlds|outage|rolling|split)::/)'
}
conformance() { scripts/test.sh -E 'binary(black_box)'; }
on_spin() { RUNTIME=spin scripts/test.sh -E 'binary(e2e)'; }
large_files() { scripts/test.sh -E 'binary(e2e) & test(/^large::/)' --run-ignored only --no-capture; }
long_faults() { scripts/test.sh -E 'binary(faults)' --run-ignored only --no-capture; }
fuzzing() { SECONDS_EACH=${SECONDS_EACH:-60} scripts/fuzz.sh; }

part "split layout" split_layout
part "large files" large_files
part "long faults" long_faults
part "fuzzing" fuzzing
if [ -n "${SPIN:-}" ]; then
  part "conformance of Spin" conformance
  part "end to end on Spin" on_spin
else
  say "SKIPPED: the suites on Spin, because SPIN names no Spin."
fi

print_timings
if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
