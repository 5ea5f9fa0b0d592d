//! The worlds in `wit/worlds`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wit_parser::{
    AstItem, InterfaceId, PackageName, Resolve, UnresolvedPackage, UnresolvedPackageGroup, WorldId,
    WorldKey,
};

use super::{Names, Surface, without_patch};

/// The imports and exports that a component must have, and imports that it may have.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Items of the world itself: all of them are required.
    pub exact: Surface,
    /// Imports of included worlds: the toolchain decides which of them are present.
    pub tolerated: Names,
}

impl World {
    /// The differences between a component and this world, one per line.
    pub fn differences(&self, real: &Surface) -> Vec<String> {
        let mut lines = Vec::new();
        let mut note = |sign, what: &str, names: &mut dyn Iterator<Item = &String>, why: &str| {
            lines.extend(names.map(|name| format!("{sign} {what} {name}: {why}")));
        };
        let (exact, tolerated) = (&self.exact, &self.tolerated);
        let mut extra = real
            .imports
            .difference(&exact.imports)
            .filter(|name| !tolerated.contains(*name));
        note(
            '+',
            "import",
            &mut extra,
            "the component has it, its world does not",
        );
        let mut missing = exact.imports.difference(&real.imports);
        note(
            '-',
            "import",
            &mut missing,
            "its world has it, the component does not",
        );
        let mut extra = real.exports.difference(&exact.exports);
        note(
            '+',
            "export",
            &mut extra,
            "the component has it, its world does not",
        );
        let mut missing = exact.exports.difference(&real.exports);
        note(
            '-',
            "export",
            &mut missing,
            "its world has it, the component does not",
        );
        lines
    }
}

/// Reads all worlds of the package in a folder.
pub fn read_worlds(folder: &Path) -> BTreeMap<String, World> {
    let package = parse(folder).main;
    let names = interface_names(&package);
    let worlds = package.worlds.iter();
    worlds
        .map(|(id, world)| (world.name.clone(), read(&package, &names, id)))
        .collect()
}

fn read(package: &UnresolvedPackage, names: &InterfaceNames, id: WorldId) -> World {
    let world = &package.worlds[id];
    let named = |key: &WorldKey| match key {
        WorldKey::Interface(id) => names[id].clone(),
        WorldKey::Name(name) => name.clone(),
    };
    let exact = Surface {
        imports: world.imports.keys().map(named).collect(),
        exports: world.exports.keys().map(named).collect(),
    };
    let included = world
        .includes
        .iter()
        .map(|include| read(package, names, include.id));
    let tolerated =
        included.flat_map(|world| world.exact.imports.into_iter().chain(world.tolerated));
    World {
        exact,
        tolerated: tolerated.collect(),
    }
}

/// The full names of the interfaces that a package mentions.
type InterfaceNames = BTreeMap<InterfaceId, String>;

fn interface_names(package: &UnresolvedPackage) -> InterfaceNames {
    let own = package.interfaces.iter().filter_map(|(id, interface)| {
        let name = interface.name.as_ref()?;
        Some((id, without_patch(&package.name.interface_id(name))))
    });
    let mut names: InterfaceNames = own.collect();
    for (owner, items) in &package.foreign_deps {
        for (name, (item, _)) in items {
            if let AstItem::Interface(id) = item {
                names.insert(*id, without_patch(&owner.interface_id(name)));
            }
        }
    }
    names
}

/// Resolves the package in `folder` against the packages in `sources`. Returns the first
/// error.
pub fn resolve_worlds(folder: &Path, sources: &[PathBuf]) -> Result<(), String> {
    let main = parse(folder);
    let mut known: BTreeMap<String, UnresolvedPackageGroup> = BTreeMap::new();
    for source in sources {
        let group = parse(source);
        known.insert(group.main.name.to_string(), group);
    }

    // Only the packages that are needed: others include drafts that require features of
    // their own.
    let mut wanted: Vec<PackageName> = main.main.foreign_deps.keys().cloned().collect();
    let mut needed = Vec::new();
    while let Some(name) = wanted.pop() {
        if let Some(group) = known.remove(&name.to_string()) {
            wanted.extend(group.main.foreign_deps.keys().cloned());
            needed.push(group);
        }
    }
    let resolved = Resolve::default().push_groups(main, needed);
    resolved.map(drop).map_err(|error| format!("{error:#}"))
}

fn parse(source: &Path) -> UnresolvedPackageGroup {
    let parsed = if source.is_dir() {
        UnresolvedPackageGroup::parse_dir(source).map_err(|error| format!("{error:#}"))
    } else {
        let text = std::fs::read_to_string(source).expect("a WIT file can be read");
        UnresolvedPackageGroup::parse(source, &text).map_err(|(map, error)| error.render(&map))
    };
    parsed.unwrap_or_else(|error| panic!("{}: {error}", source.display()))
}
