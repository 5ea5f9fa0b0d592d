# The cargo packages by what is done with them. Sourced, never run.
# shellcheck shell=bash disable=SC2034

# packages_in FOLDER...: the names of the cargo packages in these folders.
packages_in() {
  local folder
  for folder in "$@"; do
    sed -n 's/^name = "\(.*\)"$/\1/p' "$folder/Cargo.toml" | sed -n 1p
  done
}

# The plugin in examples/ that is not a cargo package.
C_EXAMPLE=adpcm-c

# What is built for WebAssembly: services and plugins, and the components that only
# tests use.
shipped_packages() { packages_in "$REPO"/components/* "$REPO"/plugins/*; }
guest_packages() { packages_in "$REPO"/host/tests/guest "$REPO"/tests/lame-plain "$REPO"/tests/poison; }

# served_packages: what spin.toml runs, which leaves out other encoders.
served_packages() { grep -o "$WASM_TARGET/release/[a-z0-9_]*\.wasm" "$REPO/spin.toml" | sed 's|.*/||; s|\.wasm$||; y/_/-/' | sort -u; }

# untested_packages: the packages for WebAssembly without native tests.
untested_packages() {
  local folder
  for folder in "$REPO"/components/* "$REPO"/plugins/* "$REPO"/host/tests/guest "$REPO"/tests/lame-plain "$REPO"/tests/poison; do
    grep -rqF '#[test]' "$folder" --include '*.rs' || packages_in "$folder"
  done
}

# native_packages: cargo's arguments for one native build of everything that has tests.
# Every native build of the tests uses them: another choice of packages has other
# features, and cargo would compile the dependencies again.
native_packages() {
  local package
  printf '%s\n' --workspace --target-dir target
  for package in $(untested_packages); do printf '%s\n' --exclude "$package"; done
}
