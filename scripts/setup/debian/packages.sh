# Debian packages unpacked into a folder, which needs apt's package lists but not root.
# Sourced, never run.
# shellcheck shell=bash

# What the toolchain can be assembled on: Debian or a relative, on x86_64.
debian_like() { have apt-get && have apt-cache && have dpkg-deb && [ "$(uname -m)" = x86_64 ]; }

# unpack_packages FOLDER NAME...: downloads packages and unpacks them there; their
# versions go to FOLDER/packages.txt. Of Rust's source it unpacks only the library: a
# hundred thousand files take minutes to write and to delete.
unpack_packages() {
  local folder=$1 deb
  shift
  mkdir -p "$folder/debs"
  # Old lists name versions that the mirror no longer has: fetch new ones and try again.
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

# depends_on NAME PATTERN: the first dependency of NAME that matches.
depends_on() { apt-cache depends "$1" 2>/dev/null | sed -n "s/^ *Depends: \($2\)\$/\1/p" | sed -n 1p; }

# llvm_version: the LLVM that Debian's newest Rust was built with, or else the newest that
# supports WebAssembly.
llvm_version() {
  local std
  std=$(depends_on libstd-rust-web-dev 'libstd-rust-web-.*')
  if [ -n "$std" ]; then
    depends_on "$std" 'libllvm[0-9]*' | tr -cd '0-9'
  else
    apt-cache pkgnames libclang-rt- | sed -n 's/^libclang-rt-\([0-9]*\)-dev-wasm32$/\1/p' | sort -n | tail -n 1
  fi
}

# libraries_of PACKAGE: installs the libraries it depends on. Only Debian's smallest
# images lack them.
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
