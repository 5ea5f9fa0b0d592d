//! Variables, environment, stores and databases: a component reaches only those that its
//! manifest lists.

use crate::support::{Host, Manifest, Redis, refusal};

#[test]
fn a_component_reads_only_its_own_variables() {
    let manifest = Manifest::guest(
        "[variables]\n\
         host = { default = \"example.com\" }\n\
         password = { required = true, secret = true }\n\
         other = { default = \"not granted\" }",
        "variables = { url = \"https://{{ host }}/{{ password }}\", plain = \"text\" }",
    );
    for (args, env, url) in [
        (
            &["--variable", "password=a=b"][..],
            &[][..],
            "https://example.com/a=b",
        ),
        (
            &[],
            &[("SPIN_VARIABLE_PASSWORD", "env")],
            "https://example.com/env",
        ),
        (
            &["--variable", "password=cli", "--variable", "host=h"],
            &[("SPIN_VARIABLE_PASSWORD", "env")],
            "https://h/cli",
        ),
    ] {
        let host = Host::start_with(&manifest, args, env);
        assert_eq!(host.get("/variable/url"), (200, url.into()));
        assert_eq!(host.get("/variable/plain").1, "text");
        assert!(host.get("/variable/other").1.contains("Undefined"));
        assert!(host.get("/variable/password").1.contains("Undefined"));
        assert!(host.get("/variable/NotAName").1.contains("InvalidName"));
    }
    let log = refusal(&manifest, &[]);
    assert!(log.contains("required variable"), "{log}");
    assert!(log.contains("password"), "{log}");
}

#[test]
fn a_component_sees_only_its_own_environment() {
    let manifest = Manifest::guest("", "environment = { MINE = \"yes\" }");
    let host = Host::start_with(&manifest, &[], &[("OUTER", "secret")]);
    assert_eq!(host.get("/env/MINE"), (200, "yes".into()));
    assert_eq!(host.get("/env/OUTER").0, 500);
    assert_eq!(host.get("/env/PATH").0, 500);
}

#[test]
fn a_component_has_no_files_and_no_sockets() {
    let host = Host::start(&Manifest::guest(
        "",
        "allowed_outbound_hosts = [\"*://*:*\"]",
    ));
    assert_eq!(host.get("/file").0, 500);
    assert_eq!(host.get("/socket").0, 500);
}

/// Uses every function of a store, whatever its provider.
fn exercise_store(host: &Host) {
    assert_eq!(host.get("/kv/default/k").1, "none; exists: false");
    assert_eq!(host.send("PUT", "/kv/default/k", "value").1, "set");
    assert_eq!(host.send("PUT", "/kv/default/k", "value 2").1, "set");
    assert_eq!(host.send("PUT", "/kv/default/empty", "").1, "set");
    assert_eq!(host.get("/kv/default/k"), (200, "value 2".into()));
    assert_eq!(host.get("/kv/default/empty"), (200, String::new()));
    let mut keys: Vec<_> = host
        .get("/kv/default")
        .1
        .split(',')
        .map(str::to_owned)
        .collect();
    keys.sort();
    assert_eq!(keys, ["empty", "k"]);
    assert_eq!(host.send("DELETE", "/kv/default/empty", "").1, "deleted");
    assert_eq!(host.send("DELETE", "/kv/default/never", "").1, "deleted");
    assert_eq!(host.get("/kv/default").1, "k");
    assert!(host.get("/kv/other").1.contains("AccessDenied"));
    assert!(host.get("/kv/unknown").1.contains("AccessDenied"));
}

#[test]
fn a_store_in_a_file_survives_a_restart() {
    let manifest = Manifest::guest("", "key_value_stores = [\"default\"]");
    let host = Host::start(&manifest);
    exercise_store(&host);
    let large = "x".repeat(4 << 20);
    host.send("PUT", "/kv/default/large", &large);
    let host = Host::start_in(host.stop(), &manifest, &[], &[]);
    assert_eq!(host.get("/kv/default/k"), (200, "value 2".into()));
    assert_eq!(host.get("/kv/default/large").1.len(), large.len());
    assert!(host.dir.path().join("state/sqlite_key_value.db").exists());
}

#[test]
fn a_store_can_be_in_redis() {
    let redis = Redis::start();
    let dir = tempfile::tempdir().unwrap();
    let config = format!(
        "[key_value_store.default]\ntype = \"redis\"\nurl = \"{0}/0\"\n\
         [key_value_store.other]\ntype = \"redis\"\nurl = \"{0}/1\"\n",
        redis.url()
    );
    std::fs::write(dir.path().join("runtime.toml"), config).unwrap();
    let manifest = Manifest::guest("", "key_value_stores = [\"default\"]");
    let args = ["--runtime-config-file", "runtime.toml"];
    let host = Host::start_in(dir, &manifest, &args, &[]);
    exercise_store(&host);
    let value: String = redis::cmd("GET")
        .arg("k")
        .query(&mut redis.connection())
        .unwrap();
    assert_eq!(value, "value 2");
}

#[test]
fn each_label_is_a_store_of_its_own_and_unknown_labels_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let config = "[key_value_store.second]\ntype = \"spin\"\npath = \"second.db\"\n\
                  [sqlite_database.people]\ntype = \"spin\"\npath = \"people.db\"\n";
    std::fs::write(dir.path().join("runtime.toml"), config).unwrap();
    let manifest = Manifest::guest(
        "",
        "key_value_stores = [\"default\", \"second\"]\nsqlite_databases = [\"people\"]",
    );
    let args = ["--runtime-config-file", "runtime.toml"];
    let host = Host::start_in(dir, &manifest, &args, &[]);
    host.send("PUT", "/kv/default/k", "1");
    host.send("PUT", "/kv/second/k", "2");
    assert_eq!(host.get("/kv/default/k").1, "1");
    assert_eq!(host.get("/kv/second/k").1, "2");
    assert_eq!(host.post("/sql/people", "SELECT 1").0, 200);
    assert!(host.dir.path().join("second.db").exists());
    assert!(host.dir.path().join("people.db").exists());

    let log = refusal(&manifest, &[]);
    assert!(log.contains("second"), "{log}");
    let log = refusal(&Manifest::guest("", "sqlite_databases = [\"people\"]"), &[]);
    assert!(log.contains("people"), "{log}");
}

#[test]
fn a_database_runs_sql_and_survives_a_restart() {
    let manifest = Manifest::guest("", "sqlite_databases = [\"default\"]");
    let host = Host::start(&manifest);
    let sql = |statement: &str| host.post("/sql/default", statement);
    sql("CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB)");
    sql("INSERT INTO t VALUES (1, 0.5, 'x', x'00ff'), (NULL, NULL, NULL, NULL)");
    let (status, rows) = sql("SELECT * FROM t");
    assert_eq!(status, 200);
    assert_eq!(
        rows,
        "i,r,t,b\n\
         [Value::Integer(1), Value::Real(0.5), Value::Text(\"x\"), Value::Blob([0, 255])]\n\
         [Value::Null, Value::Null, Value::Null, Value::Null]\n"
    );
    assert!(sql("SELECT nonsense").1.contains("no such column"));
    assert!(host.ask("/sql/other", "SELECT 1").contains("AccessDenied"));
    let host = Host::start_in(host.stop(), &manifest, &[], &[]);
    assert_eq!(
        host.ask("/sql/default", "SELECT count(*) FROM t"),
        "count(*)\n[Value::Integer(2)]\n"
    );
}

#[test]
fn sql_cannot_reach_other_files() {
    differs_on_spin_3!("Spin 3 does not restrict ATTACH and VACUUM INTO.");
    let host = Host::start(&Manifest::guest("", "sqlite_databases = [\"default\"]"));
    for statement in ["ATTACH 'other.db' AS o", "VACUUM INTO 'copy.db'"] {
        assert_eq!(host.post("/sql/default", statement).0, 500, "{statement}");
    }
    assert!(!host.dir.path().join("other.db").exists());
    assert!(!host.dir.path().join("copy.db").exists());
}
