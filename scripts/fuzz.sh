#!/usr/bin/env bash
# Builds the fuzz targets with stable Rust and runs each, starting from the corpus in the
# repository (docs/testing.md). An input that breaks a target is left in
# target/fuzz/artifacts.
#
#   TARGET=decode SECONDS_EACH=600 scripts/fuzz.sh
#
# | variable | what |
# |---|---|
# | TARGET | only this target |
# | SECONDS_EACH | how long each target runs (2); 0 only replays the corpus |
# | MERGE | not empty: add inputs that reach new code to the corpus |

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"

folder=target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
# libFuzzer's coverage. cargo-fuzz uses unstable flags for it; stable Rust has it as LLVM
# passes.
coverage="--cfg fuzzing -C codegen-units=16 -C passes=sancov-module"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  coverage+=" -C llvm-args=-sanitizer-coverage-$option"
done

# --target keeps coverage out of build scripts and macros.
build() {
  RUSTFLAGS=$coverage cargo build --quiet --manifest-path fuzz/Cargo.toml \
    --target "$host" --target-dir "$folder" --bins
}
step "Building the fuzzer" build

program=$folder/$host/debug/fuzz
# Each container of the table has a target, so the program lists them.
mapfile -t targets < <(if [ -n "${TARGET:-}" ]; then echo "$TARGET"; else "$program"; fi)
# The targets' own allocator limits the memory of one input; rss_limit_mb is for C code
# and the corpus. An input normally takes milliseconds.
limits=(-rss_limit_mb=512 -timeout=10 -max_len=65536 -print_final_stats=1 -close_fd_mask=1)

# fuzz TARGET: replays the corpus and continues from it.
fuzz() {
  local found=$folder/corpus/$1 kept=fuzz/corpus/$1 artifacts=$folder/artifacts/$1/
  mkdir -p "$found" "$artifacts"
  local run=(env FUZZ_TARGET="$1" "$program" "${limits[@]}" "-artifact_prefix=$artifacts")
  if [ "${SECONDS_EACH:-2}" = 0 ]; then
    "${run[@]}" -runs=0 "$kept"
  else
    "${run[@]}" "-max_total_time=${SECONDS_EACH:-2}" "$found" "$kept"
  fi
  if [ -n "${MERGE:-}" ]; then "${run[@]}" -merge=1 -max_len=4096 "$kept" "$found"; fi
}

for target in "${targets[@]}"; do
  step "Fuzzing $target" fuzz "$target"
done
