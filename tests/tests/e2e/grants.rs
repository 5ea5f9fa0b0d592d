//! The grants of `spin.toml`. A new grant fails a test until it is in the snapshot,
//! where a reviewer sees it.

use serde_json::{Map, Value, json};
use tonearm_e2e::paths;

/// The keys of a component in Spin's manifest that grant something. Each is empty by
/// default.
const GRANTS: [&str; 8] = [
    "allowed_outbound_hosts",
    "allowed_http_hosts",
    "key_value_stores",
    "sqlite_databases",
    "ai_models",
    "files",
    "environment",
    "dependencies_inherit_configuration",
];

fn manifest() -> toml::Table {
    std::fs::read_to_string(paths::manifest())
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn each_component_has_the_grants_it_needs_and_no_others() {
    let mut all = Map::new();
    for (name, component) in manifest()["component"].as_table().unwrap() {
        let mut grants = Map::new();
        for grant in GRANTS {
            if let Some(value) = component.get(grant) {
                grants.insert(grant.into(), serde_json::to_value(value).unwrap());
            }
        }
        let named = |key: &str| -> Vec<String> {
            component
                .get(key)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flat_map(toml::Table::keys)
                .cloned()
                .collect()
        };
        grants.insert("variables".into(), json!(named("variables")));
        grants.insert("dependencies".into(), json!(named("dependencies")));
        all.insert(name.clone(), grants.into());
    }
    insta::assert_json_snapshot!(Value::Object(all));
}

#[test]
fn triggers_call_their_components() {
    let trigger = serde_json::to_value(&manifest()["trigger"]).unwrap();
    insta::assert_json_snapshot!(trigger);
}

/// The keys of a component that grant nothing. Each key of the manifest has to be in
/// one of the two lists.
const OTHER: [&str; 5] = [
    "source",
    "description",
    "build",
    "variables",
    "dependencies",
];

#[test]
fn every_key_of_the_manifest_is_classified() {
    for (name, component) in manifest()["component"].as_table().unwrap() {
        for key in component.as_table().unwrap().keys() {
            let is_classified = GRANTS.contains(&key.as_str()) || OTHER.contains(&key.as_str());
            assert!(is_classified, "component.{name}.{key}: is it a grant?");
        }
    }
}

/// `docs/configuration.md` has exactly one row per variable of `spin.toml`, with its
/// default, its secrecy and the components that receive it.
#[test]
fn the_table_of_variables_matches_the_manifest() {
    let manifest = manifest();
    let mut expected = Vec::new();
    for (name, variable) in manifest["variables"].as_table().unwrap() {
        let template = format!("{{{{ {name} }}}}");
        let users = manifest["component"].as_table().unwrap().iter();
        let users = users.filter(|(_, component)| {
            let given = component.get("variables").and_then(toml::Value::as_table);
            given.is_some_and(|given| given.values().any(|v| v.as_str() == Some(&template)))
        });
        let mut users: Vec<_> = users.map(|(name, _)| name.as_str()).collect();
        users.sort_unstable();
        let default = variable["default"].as_str().unwrap();
        let secret = variable
            .get("secret")
            .is_some_and(|it| it.as_bool() == Some(true));
        expected.push(format!(
            "{name} = {default:?} for {}, secret: {secret}",
            users.join(" ")
        ));
    }

    let docs = paths::workspace().join("docs/configuration.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let mut documented = Vec::new();
    for row in docs.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row
            .split(" | ")
            .map(|cell| cell.trim_matches(['|', ' ']))
            .collect();
        let [name, default, users, what] = cells[..] else {
            continue;
        };
        let default = if default == "empty" {
            ""
        } else {
            default.trim_matches('`')
        };
        let mut users: Vec<_> = users.split(", ").collect();
        users.sort_unstable();
        documented.push(format!(
            "{} = {default:?} for {}, secret: {}",
            name.trim_matches('`'),
            users.join(" "),
            what.contains("**secret**")
        ));
    }
    expected.sort_unstable();
    documented.sort_unstable();
    assert_eq!(documented, expected);
}
