# The environment for building WebAssembly, as set-up found it. Source it to call cargo
# by hand:
#
#   . scripts/env.sh
#   cargo $TONEARM_WASM_TOOLCHAIN build --release --target wasm32-wasip2 -p gateway
#
# shellcheck shell=sh

if [ ! -f "${XDG_CACHE_HOME:-$HOME/.cache}/tonearm/env" ]; then
  echo "error: this machine is not set up yet: run 'make setup'." >&2
  return 1
fi
# shellcheck source=/dev/null
. "${XDG_CACHE_HOME:-$HOME/.cache}/tonearm/env"

# "+tonearm-wasm", or empty if the active toolchain has the target.
export TONEARM_WASM_TOOLCHAIN="$TOOLCHAIN"
# Where the `cc` crate looks for a C compiler for WebAssembly; a value from outside wins.
export WASI_SDK_PATH="${WASI_SDK_PATH:-$WASI_SDK}"
unset TOOLCHAIN WASI_SDK
