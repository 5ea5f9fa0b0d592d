# Debian packages: installed where we may, or unpacked into a folder, which takes
# no root but apt's package lists. Sourced, never run.
# shellcheck shell=bash

# The relative of Debian that this can work on: apt, dpkg-deb, x86_64.
debian_like() { have apt-get && have apt-cache && have dpkg-deb && [ "$(uname -m)" = x86_64 ]; }

# unpack_packages FOLDER NAME...: downloads the packages and unpacks them there.
# The versions go to FOLDER/packages.txt. Of Rust's source only the library, since
# a hundred thousand files take minutes to write and to delete.
unpack_packages() {
  local folder=$1 deb
  shift
  mkdir -p "$folder/debs"
  # Old lists name versions that the mirror has dropped: fetch new ones and try once more.
  (cd "$folder/debs" && apt-get download -q "$@") ||
    (as_root apt-get update -qq && cd "$folder/debs" && apt-get download -q "$@")
  for deb in "$folder"/debs/*.deb; do
    dpkg-deb --show "$deb" >>"$folder/packages.txt"
    case $deb in
    */rust-web-src_*) dpkg-deb --fsys-tarfile "$deb" | tar x -C "$folder" --wildcards './usr/src/rustc-*/library' ;;
    *) dpkg-deb -x "$deb" "$folder" ;;
    esac
    rm "$deb"
  done
}

# depends_on NAME PATTERN: the first package among NAME's dependencies that matches.
depends_on() { apt-cache depends "$1" 2>/dev/null | sed -n "s/^ *Depends: \($2\)\$/\1/p" | sed -n 1p; }

# The LLVM that Debian's newest Rust was built with, or else the newest that can do WebAssembly.
llvm_version() {
  local std
  std=$(depends_on libstd-rust-web-dev 'libstd-rust-web-.*')
  if [ -n "$std" ]; then
    depends_on "$std" 'libllvm[0-9]*' | tr -cd '0-9'
  else
    apt-cache pkgnames libclang-rt- | sed -n 's/^libclang-rt-\([0-9]*\)-dev-wasm32$/\1/p' | sort -n | tail -n 1
  fi
}

# libraries_of PACKAGE: installs the libraries it depends on, where some are missing.
# Debian's desktops and build machines have them, its smallest images do not.
libraries_of() {
  local name missing=()
  for name in $(apt-cache depends "$1" | sed -n 's/^ *Depends: \([a-z0-9].*\)$/\1/p'); do
    dpkg-query --show --showformat '${db:Status-Status}\n' "$name" 2>/dev/null | grep '^installed$' >/dev/null || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  as_root true || fail "$1 needs libraries, and installing them needs root: run 'apt-get install ${missing[*]}' as root."
  step "installing ${missing[*]}" install_packages "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]} (above): install them by hand and run this again."
}

# program COMMAND PACKAGE: finds it on PATH or installs the Debian package.
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
  # RUNLEVEL=1 keeps Debian from starting a Redis of its own now.
  local install=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends "$@")
  # With no lists, or old ones, the first try fails: fetch new ones and try once more.
  as_root "${install[@]}" || { as_root apt-get update -q && as_root "${install[@]}"; }
}
