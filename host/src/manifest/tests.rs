use super::*;

const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"app\"\n";

fn read(rest: &str) -> Result<Manifest, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{HEAD}{rest}")).unwrap();
    Manifest::read(file.path()).map_err(|error| error.to_string())
}

#[test]
fn reads_every_supported_key() {
    let manifest = read(
        r#"
        version = "1.0.0"
        description = "d"
        authors = ["a"]
        [application.trigger.redis]
        address = "redis://{{ host }}"
        [application.tool.lint]
        level = 1
        [variables]
        host = { default = "localhost", description = "d" }
        token = { required = true, secret = true }
        [[trigger.http]]
        id = "one"
        route = "/one/:name/..."
        component = "one"
        executor = { type = "http" }
        [[trigger.http]]
        route = { private = true }
        component = "two-b"
        [[trigger.redis]]
        channel = "c"
        component = "one"
        [component.one]
        source = "one.wasm"
        description = "d"
        environment = { A = "b" }
        allowed_outbound_hosts = ["redis://{{ host }}"]
        key_value_stores = ["default"]
        sqlite_databases = ["my_db"]
        variables = { token = "{{ token }}" }
        [component.one.dependencies]
        "a:b/c@0.1.0" = { path = "c.wasm" }
        [component.one.build]
        command = "make"
        watch = ["src"]
        [component.one.tool.x]
        y = 1
        [component.two-b]
        source = "two.wasm"
        "#,
    )
    .unwrap();
    assert_eq!(manifest.components.len(), 2);
    assert_eq!(manifest.triggers.http.len(), 2);
}

#[test]
fn errors_name_the_mistake_and_the_valid_values() {
    let component = "[component.a]\nsource = \"a.wasm\"\n";
    let table: &[(&str, &[&str])] = &[
        ("colour = 1", &["unknown field `colour`", "`name`"]),
        (
            "[[trigger.sqs]]\nqueue = \"q\"",
            &["unknown field `sqs`", "`http`", "`redis`"],
        ),
        (
            &format!("{component}kv_stores = []"),
            &["`kv_stores`", "`key_value_stores`"],
        ),
        (
            &format!("{component}files = []"),
            &["unknown field `files`"],
        ),
        (
            "[variables]\nx = {}",
            &["variables.x", "default", "required = true"],
        ),
        (
            "[variables]\nX = { default = \"\" }",
            &["variables.X", "lower-case"],
        ),
        (
            "[component.A_b]\nsource = \"a\"",
            &["component.A_b", "kebab-case"],
        ),
        (
            &format!("{component}[[trigger.http]]\nroute = \"/\"\ncomponent = \"b\""),
            &["trigger.http", "no component \"b\"", "the app has: a"],
        ),
        (
            &format!("{component}[[trigger.http]]\nroute = 3\ncomponent = \"a\""),
            &["route must be a path", "private = true"],
        ),
        (
            &format!("{component}[[trigger.redis]]\nchannel = \"x\"\ncomponent = \"a\""),
            &["trigger.redis.address", "[application.trigger.redis]"],
        ),
        (
            &format!(
                "{component}[component.a.dependencies]\n\
                 \"a:b\" = {{ path = \"x\", inherit_configuration = true }}"
            ),
            &["component.a.dependencies", "no capabilities"],
        ),
    ];
    for (text, expected) in table {
        let error = read(text).unwrap_err();
        for part in *expected {
            assert!(error.contains(part), "{error:?} lacks {part:?}");
        }
    }
}

#[test]
fn only_manifest_version_2_is_accepted() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), HEAD.replace('2', "1")).unwrap();
    let error = Manifest::read(file.path()).unwrap_err().to_string();
    assert_eq!(error, "spin_manifest_version: must be 2");
}

#[test]
fn a_subset_of_components_keeps_only_their_triggers() {
    let text = r#"
        [[trigger.http]]
        route = "/a"
        component = "a"
        [[trigger.http]]
        route = "/b"
        component = "b"
        [component.a]
        source = "a.wasm"
        [component.b]
        source = "b.wasm"
    "#;
    let mut manifest = read(text).unwrap();
    manifest.keep_only(&["b".to_owned()]).unwrap();
    assert_eq!(manifest.components.len(), 1);
    assert_eq!(manifest.triggers.http[0].component, "b");
    let error = manifest
        .keep_only(&["c".to_owned()])
        .unwrap_err()
        .to_string();
    assert_eq!(error, "--component-id: no component \"c\"; the app has: b");
}

/// A deployment selects components with `--component-id`. Each component of the project's
/// manifest must then have the same grants and triggers as in the whole app.
#[test]
fn a_component_has_the_same_grants_alone_as_in_the_whole_app() {
    let project = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../spin.toml"));
    let together = Manifest::read(project).unwrap();
    for (id, entry) in &together.components {
        let mut alone = Manifest::read(project).unwrap();
        alone.keep_only(std::slice::from_ref(id)).unwrap();
        assert_eq!(alone.components.len(), 1, "{id}");
        assert_eq!(format!("{:?}", alone.components[id]), format!("{entry:?}"));
        let http = together.triggers.http.iter().filter(|t| t.component == *id);
        let redis = together
            .triggers
            .redis
            .iter()
            .filter(|t| t.component == *id);
        assert_eq!(
            format!("{:?} {:?}", alone.triggers.http, alone.triggers.redis),
            format!(
                "{:?} {:?}",
                http.collect::<Vec<_>>(),
                redis.collect::<Vec<_>>()
            ),
        );
        // Spin does not start a component whose grants name an absent one, so the
        // addresses of other services come from variables.
        for host in &entry.allowed_outbound_hosts {
            assert!(!host.contains("spin.internal"), "{id}: {host}");
        }
    }
}
