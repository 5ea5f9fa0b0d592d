use super::*;

fn load(text: &str) -> Result<RuntimeConfig, String> {
    let file = tempfile::NamedTempFile::new_in(std::env::temp_dir()).unwrap();
    std::fs::write(file.path(), text).unwrap();
    RuntimeConfig::load(Some(file.path()), None, Path::new("/app"))
        .map_err(|error| error.to_string())
}

#[test]
fn without_a_file_there_are_spins_defaults() {
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
fn what_is_not_here_is_an_error() {
    let table: &[(&str, &[&str])] = &[
        (
            "[sqlite_database.default]\ntype = \"libsql\"\nurl = \"https://x\"\ntoken = \"t\"",
            &[
                "sqlite_database.default",
                "libsql",
                "not supported by this host yet",
            ],
        ),
        (
            "[key_value_store.default]\ntype = \"aws_dynamo\"\nregion = \"x\"\ntable = \"t\"",
            &[
                "key_value_store.default",
                "not supported by this host yet",
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
