use super::*;

fn load(text: &str) -> Result<RuntimeConfig, String> {
    let file = tempfile::NamedTempFile::new_in(std::env::temp_dir()).unwrap();
    std::fs::write(file.path(), text).unwrap();
    RuntimeConfig::load(Some(file.path()), None, Path::new("/app"))
        .map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_spins() {
    let config = RuntimeConfig::load(None, None, Path::new("/app")).unwrap();
    let store = StoreLocation::Sqlite(Some("/app/.spin/sqlite_key_value.db".into()));
    assert_eq!(config.stores["default"], store);
    assert_eq!(
        config.databases["default"],
        Some("/app/.spin/sqlite_db.db".into())
    );
}

#[test]
fn reads_the_supported_providers() {
    let config = load(
        r#"
        state_dir = "/state"
        [key_value_store.files]
        type = "redis"
        url = "redis://localhost"
        [key_value_store.local]
        type = "spin"
        path = "kv.db"
        [sqlite_database.users]
        type = "spin"
        path = "/data/users.db"
        "#,
    )
    .unwrap();
    assert_eq!(
        config.stores["files"],
        StoreLocation::Redis("redis://localhost".into())
    );
    let local = StoreLocation::Sqlite(Some(std::env::temp_dir().join("kv.db")));
    assert_eq!(config.stores["local"], local);
    assert_eq!(config.databases["users"], Some("/data/users.db".into()));
    assert_eq!(
        config.databases["default"],
        Some("/state/sqlite_db.db".into())
    );
}

#[test]
fn unsupported_entries_are_errors() {
    let table: &[(&str, &[&str])] = &[
        (
            "[sqlite_database.default]\ntype = \"libsql\"\nurl = \"https://x\"\ntoken = \"t\"",
            &[
                "sqlite_database.default",
                "libsql",
                "no provider of that type",
            ],
        ),
        (
            "[key_value_store.default]\ntype = \"aws_dynamo\"\nregion = \"x\"\ntable = \"t\"",
            &[
                "key_value_store.default",
                "no provider of that type",
                "redis",
            ],
        ),
        (
            "[key_value_store.a]\ntype = \"etcd\"",
            &["unknown variant `etcd`", "`redis`"],
        ),
        (
            "[key_value_store.a]\ntype = \"spin\"\nfile = \"x\"",
            &["unknown field `file`"],
        ),
        (
            "[sqlite_database.a]\ntype = \"spin\"\nfile = \"x\"",
            &["unknown field `file`"],
        ),
        (
            "[llm_compute]\ntype = \"spin\"",
            &["unknown field `llm_compute`"],
        ),
    ];
    for (text, expected) in table {
        let error = load(text).unwrap_err();
        for part in *expected {
            assert!(error.contains(part), "{error:?} lacks {part:?}");
        }
    }
}

/// `runtime-config/` has one file per deployment. This host accepts those whose providers
/// it has, and refuses the others with the provider's name.
#[test]
fn each_file_of_the_project_is_accepted_or_refused_by_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime-config");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let config = RuntimeConfig::load(Some(&file), None, Path::new("/app"));
        let refusal = match name.as_str() {
            "local.toml" | "redis.toml" => None,
            "libsql.toml" => Some("sqlite_database.default.type = \"libsql\": this host has no"),
            "dynamo.toml" => {
                Some("key_value_store.default.type = \"aws_dynamo\": this host has no")
            }
            other => panic!("{other}: expected neither way"),
        };
        match (config, refusal) {
            (Ok(_), None) => {}
            (Err(error), Some(words)) => assert!(error.to_string().contains(words), "{error}"),
            (result, _) => panic!("{name}: {result:?}"),
        }
        seen.push(name);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}
