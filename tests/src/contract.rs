//! The imports and exports that a component may have, and those that it has.
//!
//! The worlds in `wit/worlds` are parsed as text, so that no foreign package is needed. A
//! component is decoded from its binary.

use std::collections::BTreeSet;
use std::path::Path;

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldKey};

mod worlds;

pub use worlds::{World, read_worlds, resolve_worlds};

/// The names of interfaces on one side of a component.
pub type Names = BTreeSet<String>;

/// The imports and exports of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    /// Imported interfaces.
    pub imports: Names,
    /// Exported interfaces.
    pub exports: Names,
}

impl Surface {
    /// Decodes a built component.
    pub fn of_component(file: &Path) -> Self {
        let bytes =
            std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let decoded =
            decode(&bytes).unwrap_or_else(|error| panic!("{}: {error:#}", file.display()));
        let DecodedWasm::Component(resolve, world) = decoded else {
            panic!("{} is a WIT package, not a component", file.display());
        };
        let world = &resolve.worlds[world];
        Self {
            imports: world
                .imports
                .keys()
                .map(|key| name(&resolve, key))
                .collect(),
            exports: world
                .exports
                .keys()
                .map(|key| name(&resolve, key))
                .collect(),
        }
    }
}

fn name(resolve: &Resolve, key: &WorldKey) -> String {
    without_patch(&resolve.name_world_key(key))
}

/// Drops the patch version of WASI 0.2: toolchains use different ones, and all of them are
/// compatible.
pub fn without_patch(name: &str) -> String {
    match name.rsplit_once('@') {
        Some((interface, version))
            if interface.starts_with("wasi:") && version.starts_with("0.2.") =>
        {
            format!("{interface}@0.2")
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_patch;

    #[test]
    fn only_the_patch_version_of_wasi_is_dropped() {
        for (name, kept) in [
            ("wasi:io/poll@0.2.6", "wasi:io/poll@0.2"),
            ("wasi:io/poll@0.3.0", "wasi:io/poll@0.3.0"),
            ("fermyon:spin/redis@2.0.0", "fermyon:spin/redis@2.0.0"),
            ("fermyon:spin/inbound-redis", "fermyon:spin/inbound-redis"),
        ] {
            assert_eq!(without_patch(name), kept);
        }
    }
}
