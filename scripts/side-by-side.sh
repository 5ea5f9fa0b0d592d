# Runs long builds at the same time and reports progress. Sourced, never run.
# shellcheck shell=bash

side_names=() side_pids=() side_logs=()

# side NAME COMMAND...: starts the command in the background, with its output in a log.
side() {
  local name=$1 log=$REPO/target/logs/$1.log
  shift
  mkdir -p "$REPO/target/logs"
  # Job control gives it a process group, so that an interrupt can end all of it.
  set -m
  "$@" </dev/null >"$log" 2>&1 &
  set +m
  side_names+=("$name") side_pids+=($!) side_logs+=("$log")
  trap stop_sides EXIT
  trap 'exit 130' INT TERM
}

stop_sides() {
  local pid
  for pid in "${side_pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
}

# progress LOG: how far cargo is, by its log.
progress() {
  local count last
  count=$(grep -c '^ *Compiling ' "$1" || true)
  last=$(sed -n 's/^ *Compiling \([^ ]*\).*/\1/p' "$1" | tail -n 1)
  printf '%s crates%s' "$count" "${last:+, now $last}"
}

# side_by_side: waits for all, with a line of progress every 20 s, and shows the log of
# what failed. The status is 1 if anything did.
side_by_side() {
  local start=$SECONDS next=$((SECONDS + 20)) index running status=0
  while :; do
    running=0
    for index in "${!side_pids[@]}"; do
      if kill -0 "${side_pids[index]}" 2>/dev/null; then running=1; fi
    done
    ((running)) || break
    if ((SECONDS >= next)); then
      next=$((SECONDS + 20))
      printf '  %3d s ' $((SECONDS - start))
      for index in "${!side_pids[@]}"; do
        if kill -0 "${side_pids[index]}" 2>/dev/null; then
          printf ' | %s: %s' "${side_names[index]}" "$(progress "${side_logs[index]}")"
        fi
      done
      printf '\n'
    fi
    sleep 0.5
  done
  for index in "${!side_pids[@]}"; do
    if ! wait "${side_pids[index]}"; then
      status=1
      tail -n 60 "${side_logs[index]}" >&2
      say "error: ${side_names[index]} failed (whole log: ${side_logs[index]})." >&2
    fi
  done
  side_names=() side_pids=() side_logs=()
  trap - EXIT INT TERM
  return "$status"
}
