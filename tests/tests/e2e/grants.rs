//! What `spin.toml` grants to whom. Adding a grant fails here until the
//! snapshot says so too, where a reviewer sees it.

use serde_json::{Map, Value, json};
use tonearm_e2e::paths;

/// The grants of Spin's manifest, per component, each of which is nothing by
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
fn each_component_has_the_least_it_needs() {
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
fn who_is_called_by_what() {
    let trigger = serde_json::to_value(&manifest()["trigger"]).unwrap();
    insta::assert_json_snapshot!(trigger);
}

/// The keys of a component's entry that are no grants. Anything else in the
/// manifest has to be sorted into one of the two lists.
const OTHER: [&str; 5] = [
    "source",
    "description",
    "build",
    "variables",
    "dependencies",
];

#[test]
fn no_key_of_the_manifest_goes_unwatched() {
    for (name, component) in manifest()["component"].as_table().unwrap() {
        for key in component.as_table().unwrap().keys() {
            let watched = GRANTS.contains(&key.as_str()) || OTHER.contains(&key.as_str());
            assert!(watched, "component.{name}.{key}: is it a grant?");
        }
    }
}
