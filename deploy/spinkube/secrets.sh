#!/usr/bin/env bash
# Prints the Secrets that the SpinApps refer to, with random values unless a variable below
# gives one. Run it once and store the output with your other secrets: a second run
# generates other passwords.
#
#   EMAIL_API_KEY=… deploy/spinkube/secrets.sh | kubectl apply -f -
#
#   EMAIL_API_KEY   the key of your email provider; empty for the mailbox
#   REDIS_URL       redis[s]://user:password@host:port of your own Redis; without it, the
#                   Redis of components/redis gets a password
#   LIBSQL_URL, LIBSQL_TOKEN
#                   the server that stores users; without them, users are in a SQLite file
#                   on the volume of components/users-on-volume
#   NAMESPACE       the namespace; tonearm by default

set -euo pipefail
umask 077

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

: "${EMAIL_API_KEY?set it to the key of your email provider, or to nothing for the mailbox}"
[ -z "${LIBSQL_URL:-}" ] || : "${LIBSQL_TOKEN:?set it too, since LIBSQL_URL is set}"
namespace=${NAMESPACE:-tonearm}
random() { openssl rand -hex 32; }

# secret NAME KEY VALUE [KEY VALUE...]
secret() {
  printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\ntype: Opaque\ndata:\n' "$1" "$namespace"
  shift
  while (($#)); do
    printf '  %s: %s\n' "$1" "$(printf %s "$2" | base64 | tr -d '\n')"
    shift 2
  done
}

if [ -n "${REDIS_URL:-}" ]; then
  case $REDIS_URL in
  redis://*@* | rediss://*@*) ;;
  *) fail "REDIS_URL is not redis[s]://user:password@host:port." ;;
  esac
  url=${REDIS_URL%/}
  login=${url#*://} login=${login%@*}
  username=${login%%:*} password=${login#*:}
  case $login in *%*) fail "REDIS_URL has a percent sign in its login, which KEDA would take literally: choose another password." ;; esac
else
  username=default password=$(random)
  url=redis://default:$password@redis.$namespace.svc:6379
fi

secret tonearm-redis username "$username" password "$password" credentials "$username:$password@" \
  password.conf "requirepass $password"
secret tonearm-files runtime-config.toml "[key_value_store.default]
type = \"redis\"
url = \"$url\"
"
if [ -n "${LIBSQL_URL:-}" ]; then
  secret tonearm-users runtime-config.toml "[sqlite_database.default]
type = \"libsql\"
url = \"$LIBSQL_URL\"
token = \"$LIBSQL_TOKEN\"
"
else
  secret tonearm-users runtime-config.toml "[sqlite_database.default]
type = \"spin\"
path = \"/users/users.db\"
"
fi
secret tonearm-tokens token_signing_key "$(random)"
secret tonearm-letters letter_key "$(random)"
secret tonearm-metrics metrics_token "$(random)"
secret tonearm-email email_api_key "$EMAIL_API_KEY"
