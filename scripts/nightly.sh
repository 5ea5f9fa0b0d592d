#!/usr/bin/env bash
# Runs what `make test` leaves out because it takes hours or finds something rarely.
# Every part runs, even after one has failed.
#
#   SECONDS_EACH=60      how long each parser is fuzzed
#   SPIN=/path/to/spin   also run the conformance suite and the end-to-end tests on it

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/timing.sh"
cd "$REPO"

# Tests that choose their own layout, or start no app, ran in `make test`.
split_layout() {
  LAYOUT='split' scripts/test.sh -E 'binary(e2e) and not test(/^(grants|worlds|outage|rolling|separate_processes)::/)'
}
on_spin() { RUNTIME=spin scripts/test.sh -E 'binary(e2e)'; }
large_files() { scripts/test.sh -E 'binary(e2e) & test(/^large::/)' --run-ignored only --no-capture; }
long_faults() { scripts/test.sh -E 'binary(faults)' --run-ignored only --no-capture; }
fuzzing() { SECONDS_EACH=${SECONDS_EACH:-60} scripts/fuzz.sh; }

attempt "split layout" split_layout
attempt "large files" large_files
attempt "long faults" long_faults
attempt "fuzzing" fuzzing
if [ -n "${SPIN:-}" ]; then
  attempt "conformance of Spin" scripts/conformance.sh
  attempt "end to end on Spin" on_spin
else
  say "SKIPPED: the suites on Spin, because SPIN names no Spin."
fi

print_timings
exit_if_any_failed
