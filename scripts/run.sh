#!/usr/bin/env bash
# Runs the whole of Tonearm on this machine: a Redis of its own and the app, until
# Ctrl-C. What it keeps is in .tonearm/: delete that folder to start afresh.
#
#   LISTEN=127.0.0.1:8080   another address than 127.0.0.1:3000
#   REDIS_URL=redis://…     a Redis that runs already; it is left running
#   RUNTIME=spin            on the Spin CLI (SPIN=/path/to/spin) instead of our host

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO"

address=${LISTEN:-127.0.0.1:3000}
# Where this machine itself reaches it.
host=${address%:*} port=${address##*:}
[ "$host" != 0.0.0.0 ] || host=127.0.0.1
url=http://$host:$port

# connects HOST PORT: something listens there.
connects() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

redis_answers() { [ "$(redis-cli -h 127.0.0.1 -p "$redis_port" ping 2>/dev/null)" = PONG ]; }
app_answers() { curl -sf -m 5 -o /dev/null "$url/healthz"; }

# Jobs get process groups of their own, so that Ctrl-C reaches this script only and
# it can stop the app before Redis.
set -m
app='' redis=''

# shellcheck disable=SC2329 # called by the trap
# stop GROUP: asks it to end and waits. Redis writes its file out before it does.
stop() {
  [ -n "$1" ] || return 0
  kill -TERM -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# shellcheck disable=SC2329 # called by the trap
finish() {
  trap '' INT TERM
  stop "$app"
  stop "$redis"
}

start_redis() {
  redis_port=6379
  while connects 127.0.0.1 "$redis_port"; do redis_port=$((20000 + RANDOM % 20000)); done
  mkdir -p .tonearm/redis
  redis-server --bind 127.0.0.1 --port "$redis_port" --appendonly yes --appendfsync always --dir "$REPO/.tonearm/redis" \
    </dev/null >.tonearm/redis.log 2>&1 &
  redis=$!
  until redis_answers; do
    kill -0 "$redis" 2>/dev/null || fail "redis-server did not start: see .tonearm/redis.log."
    sleep 0.1
  done
  REDIS_URL=redis://127.0.0.1:$redis_port
  say "Redis: $REDIS_URL (data in .tonearm/redis, log in .tonearm/redis.log)"
}

# What spin.toml calls redis_scheme, redis_credentials and redis_address.
export_redis() {
  local rest=${REDIS_URL#*://}
  case ${rest%/} in
  */*) fail "REDIS_URL is $REDIS_URL: leave the database number away, Tonearm adds its own." ;;
  esac
  rest=${rest%/}
  export SPIN_VARIABLE_REDIS_SCHEME=${REDIS_URL%%://*} SPIN_VARIABLE_REDIS_ADDRESS=${rest##*@}
  export SPIN_VARIABLE_REDIS_CREDENTIALS=''
  case $rest in *@*) SPIN_VARIABLE_REDIS_CREDENTIALS=${rest%@*}@ ;; esac
}

start_app() {
  local runner=target/debug/tonearm-host
  if [ "${RUNTIME:-}" = spin ]; then
    runner=${SPIN:-spin}
    have "$runner" || fail "RUNTIME=spin, but there is no $runner on PATH: install Spin 3.6 or newer, or set SPIN to its path."
  fi
  # The address of links in emails, and of the mailbox that catches them here.
  export SPIN_VARIABLE_PUBLIC_URL=${SPIN_VARIABLE_PUBLIC_URL:-$url}
  export SPIN_VARIABLE_EMAIL_API_URL=${SPIN_VARIABLE_EMAIL_API_URL:-$url}
  "$runner" up -f spin.toml --listen "$address" --state-dir .tonearm/spin \
    --runtime-config-file runtime-config/local.toml </dev/null &
  app=$!
}

usage() {
  cat <<END

Tonearm answers on $url (Ctrl-C stops it). Try:

  curl -X POST $url/register -u you@example.com:a-long-password
  TOKEN=\$(curl -s -X POST $url/login -u you@example.com:a-long-password)
  curl -X POST -F 'file=@./video.mp4' -H "Authorization: Bearer \$TOKEN" $url/upload

END
}

"$REPO/scripts/setup.sh"
"$REPO/scripts/build.sh"

mkdir -p .tonearm
if have flock; then
  exec 8>.tonearm/lock
  flock -n 8 || fail "Tonearm runs already in this folder: stop that first."
fi
! connects "$host" "$port" || fail "something listens on $address already: stop it, or choose another address with LISTEN=127.0.0.1:8080."

trap finish EXIT
trap 'exit 0' INT TERM
[ -n "${REDIS_URL:-}" ] || start_redis
export_redis
start_app
until app_answers; do
  kill -0 "$app" 2>/dev/null || break
  sleep 0.2
done
if kill -0 "$app" 2>/dev/null; then usage; fi

status=0
wait "$app" || status=$?
app=''
fail "the app ended by itself (status $status)."
