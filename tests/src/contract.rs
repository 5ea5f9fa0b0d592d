//! What a component may import and export, and what it really does.
//!
//! The worlds under `wit/worlds` are read as text, so that no foreign package is
//! needed; a component is decoded from its binary.

use std::collections::BTreeSet;
use std::path::Path;

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldKey};

mod worlds;

pub use worlds::{World, read_worlds, resolve_worlds};

/// The names of interfaces on one side of a component.
pub type Names = BTreeSet<String>;

/// What a component asks of the outside and offers to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    /// What it cannot start without.
    pub imports: Names,
    /// What it can be called by.
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
            panic!("{} is a package of WIT and no component", file.display());
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

/// Leaves the patch version away where it is of no importance: toolchains
/// differ in which 0.2.x of WASI they speak, and all of them are compatible.
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
    fn only_the_patch_of_wasi_is_left_away() {
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
