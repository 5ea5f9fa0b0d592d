# Installing Debian packages where that is allowed. Sourced, never run.
# shellcheck shell=bash

# program COMMAND PACKAGE: finds the command on PATH or installs the Debian package.
program() {
  local command=$1 package=$2
  if ! have "$command"; then
    have apt-get || fail "$command is missing: install it with your system's package manager (Debian calls it $package)."
    as_root true || fail "$command is missing, and installing it needs root: run 'apt-get install $package' as root."
    step "installing $package" install_packages "$package" ||
      fail "apt-get could not install $package (above): install it by hand and run this again."
    have "$command" || fail "$package is installed but $command is not on PATH: add its folder to PATH."
  fi
  say "$command: $(command -v "$command")"
}

install_packages() {
  # RUNLEVEL=1 keeps Debian from starting a Redis as a system service.
  local install=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends "$@")
  # Without package lists, or with old ones, this fails: fetch new ones and try again.
  as_root "${install[@]}" || { as_root apt-get update -q && as_root "${install[@]}"; }
}
