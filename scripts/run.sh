#!/usr/bin/env bash
# Builds and runs all of Tonearm on this machine, with a Redis of its own, until Ctrl-C.
# Its state is in .tonearm/: delete that folder to start afresh.
#
#   LISTEN=127.0.0.1:8080   another address than 127.0.0.1:3000
#   REDIS_URL=redis://…     a running Redis, which is left running
#   RUNTIME=spin            the Spin CLI (SPIN=/path/to/spin) instead of Tonearm's host

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/side-by-side.sh"
source "$REPO/scripts/run-redis.sh"
source "$REPO/scripts/run-spin.sh"
cd "$REPO"

address=${LISTEN:-127.0.0.1:3000}
# Where this machine itself reaches it.
host=${address%:*} port=${address##*:}
[ "$host" != 0.0.0.0 ] || host=127.0.0.1
url=http://$host:$port

app='' redis='' probes=''

app_answers() { curl -sf -m 5 -o /dev/null "$url/healthz"; }

# probe: calls the checks of health, as a cluster does and Tonearm's host does by itself.
# They repeat notifications that were lost and delete what has served its time.
probe() {
  while sleep 5; do
    app_answers || true
    curl -sf -m 5 -o /dev/null "$url/auth/healthz" || true
  done
}

# shellcheck disable=SC2329 # called by the trap
# stop GROUP: asks it to end and waits. Redis saves its data before it does.
stop() {
  [ -n "$1" ] || return 0
  kill -TERM -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# shellcheck disable=SC2329 # called by the trap
finish() {
  trap '' INT TERM
  stop "$probes"
  stop "$app"
  stop "$redis"
}

# build_all: only what runs; with Spin there is no host to build.
build_all() {
  local usual='about 7 minutes on two cores'
  if uses_spin; then usual='about 4 minutes on two cores'; fi
  say "Building what runs: $usual the first time, seconds after that."
  # shellcheck disable=SC2046 # one argument a package
  side components scripts/build.sh $(served_packages)
  uses_spin || side host cargo build --locked --target-dir target -p tonearm-host
  side_by_side || fail "the build failed (above)."
}

# letter_key: the key that seals emails about accounts, made at the first run.
letter_key() {
  [ -s .tonearm/letter_key ] || (umask 077 && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >.tonearm/letter_key)
  cat .tonearm/letter_key
}

start_app() {
  local runner=target/debug/tonearm-host
  if uses_spin; then runner=$(spin_program); fi
  # The address of links in emails, and of the mailbox that catches them here.
  export SPIN_VARIABLE_PUBLIC_URL=${SPIN_VARIABLE_PUBLIC_URL:-$url}
  export SPIN_VARIABLE_EMAIL_API_URL=${SPIN_VARIABLE_EMAIL_API_URL:-$url}
  # Whoever runs it for themselves need not prove that an address is theirs.
  export SPIN_VARIABLE_CONFIRM_ADDRESSES=${SPIN_VARIABLE_CONFIRM_ADDRESSES:-false}
  export SPIN_VARIABLE_LETTER_KEY=${SPIN_VARIABLE_LETTER_KEY:-$(letter_key)}
  "$runner" up -f spin.toml --listen "$address" --state-dir .tonearm/spin \
    --runtime-config-file runtime-config/local.toml </dev/null &
  app=$!
}

usage() {
  cat <<END

Tonearm answers on $url after $SECONDS s (Ctrl-C stops it). Try:

  curl -X POST $url/register -u you@example.com:a-long-password
  TOKEN=\$(curl -s -X POST $url/login -u you@example.com:a-long-password)
  curl -X POST -F 'file=@./video.mp4' -H "Authorization: Bearer \$TOKEN" $url/upload

END
}

# At once, not after minutes of building.
check_spin
! connects "$host" "$port" || fail "something listens on $address already: stop it, or choose another address with LISTEN=127.0.0.1:8080."
scripts/setup.sh
build_all

mkdir -p .tonearm
if have flock; then
  exec 8>.tonearm/lock
  flock -n 8 || fail "Tonearm already runs in this folder: stop it first."
fi
! connects "$host" "$port" || fail "something listens on $address already: stop it, or choose another address with LISTEN=127.0.0.1:8080."

# Jobs get process groups of their own, so that Ctrl-C reaches this script only and
# it can stop the app before Redis.
set -m
trap finish EXIT
trap 'exit 0' INT TERM
[ -n "${REDIS_URL:-}" ] || start_redis
export_redis
say "Starting: components are compiled to machine code the first time, about 20 s."
start_app
until app_answers; do
  kill -0 "$app" 2>/dev/null || break
  sleep 0.2
done
if kill -0 "$app" 2>/dev/null; then
  usage
  if uses_spin; then
    probe &
    probes=$!
  fi
fi

status=0
wait "$app" || status=$?
app=''
fail "the app ended by itself (status $status)."
