# The Redis of `make run`, and its address as the app's variables. Sourced, never run.
# shellcheck shell=bash disable=SC2034

# connects HOST PORT: something listens there.
connects() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

redis_answers() { [ "$(redis-cli -h 127.0.0.1 -p "$redis_port" ping 2>/dev/null)" = PONG ]; }

# start_redis: on 6379 or, where that is taken, a random port; sets redis and REDIS_URL.
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

# export_redis: REDIS_URL as spin.toml's redis_scheme, redis_credentials and redis_address.
export_redis() {
  local rest=${REDIS_URL#*://}
  rest=${rest%/}
  case $rest in
  */*) fail "REDIS_URL is $REDIS_URL: leave out the database number, Tonearm adds its own." ;;
  esac
  export SPIN_VARIABLE_REDIS_SCHEME=${REDIS_URL%%://*} SPIN_VARIABLE_REDIS_ADDRESS=${rest##*@}
  export SPIN_VARIABLE_REDIS_CREDENTIALS=''
  case $rest in *@*) SPIN_VARIABLE_REDIS_CREDENTIALS=${rest%@*}@ ;; esac
}
