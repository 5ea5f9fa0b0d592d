# Debian packages unpacked into a folder, with nothing installed. Sourced.
# Needs apt's package lists, but no root.
# shellcheck shell=bash

# The relative of Debian that this can work on: apt, dpkg-deb, x86_64.
debian_like() { have apt-get && have apt-cache && have dpkg-deb && [ "$(uname -m)" = x86_64 ]; }

# package_known NAME: apt has a version of it to offer.
package_known() { apt-cache show "$1" 2>/dev/null | grep '^Version:' >/dev/null; }

# refresh_lists NAME: fetches the package lists if apt knows no such package yet.
refresh_lists() {
  package_known "$1" || as_root apt-get update -qq || true
}

# unpack_packages FOLDER NAME...: downloads the packages and unpacks them there.
# The versions go to FOLDER/packages.txt.
unpack_packages() {
  local folder=$1 deb
  shift
  mkdir -p "$folder/debs"
  # Old lists name versions that the mirror has dropped: fetch new ones and try once more.
  (cd "$folder/debs" && apt-get download -q "$@") ||
    (as_root apt-get update -qq && cd "$folder/debs" && apt-get download -q "$@")
  for deb in "$folder"/debs/*.deb; do
    dpkg-deb --show "$deb" >>"$folder/packages.txt"
    dpkg-deb -x "$deb" "$folder"
    rm "$deb"
  done
}

# depends_on NAME PATTERN: the first package among NAME's dependencies that matches.
depends_on() { apt-cache depends "$1" | sed -n "s/^ *Depends: \($2\)\$/\1/p" | sed -n 1p; }

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
