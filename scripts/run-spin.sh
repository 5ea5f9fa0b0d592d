# The choice between the Spin CLI and Tonearm's host. Sourced, never run.
# shellcheck shell=bash

spin_program() { say "${SPIN:-spin}"; }

uses_spin() { [ "${RUNTIME:-}" = spin ]; }

# spin_is_new PROGRAM: it is Spin 3.6 or newer.
spin_is_new() {
  local version
  version=$("$1" --version 2>/dev/null | sed -n 's/^spin \([0-9]*\.[0-9]*\).*/\1/p')
  [ -n "$version" ] && [ "$(printf '%s\n' 3.6 "$version" | sort -V | sed -n 1p)" = 3.6 ]
}

# check_spin: fails if Spin is asked for and missing; says so if it could be used.
check_spin() {
  local spin
  spin=$(spin_program)
  case ${RUNTIME:-} in
  spin)
    have "$spin" || fail "RUNTIME=spin, but there is no $spin on PATH: install Spin 3.6 or newer, or set SPIN to its path."
    spin_is_new "$spin" || fail "RUNTIME=spin needs Spin 3.6 or newer; $spin is $("$spin" --version 2>/dev/null || say "not Spin")."
    ;;
  '' | host)
    if have "$spin" && spin_is_new "$spin"; then
      say "$("$spin" --version) is here: 'make run RUNTIME=spin' uses it and builds no host."
    fi
    ;;
  *) fail "RUNTIME is $RUNTIME; it may be host or spin." ;;
  esac
}
