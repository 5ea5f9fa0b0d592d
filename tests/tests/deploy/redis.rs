//! The Redis of `components/redis`, with its own configuration and the secrets of
//! `secrets.sh`: it keeps what it confirms and requires the password.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;
use tonearm_e2e::client::Client;
use tonearm_e2e::ports::free_port;
use tonearm_e2e::process::Process;
use tonearm_e2e::runtime::{Runtime, variable};
use tonearm_e2e::{paths, wait};

use crate::{output_text, run};

/// `SECRET/KEY` and its value.
fn secrets() -> BTreeMap<String, String> {
    let output = run("deploy/spinkube/secrets.sh", &[], &[("EMAIL_API_KEY", "")]);
    let text = output_text(&output);
    let mut name = "";
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some(it) = line.strip_prefix("  name: ") {
            name = it;
        } else if let Some((key, value)) = line.trim().split_once(": ") {
            let value = BASE64_STANDARD.decode(value).unwrap_or_default();
            let value = String::from_utf8(value).unwrap_or_default();
            found.insert(format!("{name}/{key}"), value);
        }
    }
    found
}

/// The project's own configuration, with the paths and the port of this test.
fn start_redis(folder: &Path, secrets: &BTreeMap<String, String>, port: u16) -> Process {
    let file = paths::workspace().join("deploy/spinkube/components/redis/redis.conf");
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains("/run/secrets/redis/") && text.contains("dir /data"));
    let here = folder.to_str().unwrap();
    let text = text
        .replace("/run/secrets/redis", here)
        .replace("dir /data", &format!("dir {here}"));
    fs::write(folder.join("redis.conf"), format!("{text}\nport {port}\n")).unwrap();
    let password = &secrets["tonearm-redis/password.conf"];
    fs::write(folder.join("password.conf"), password).unwrap();
    let mut command = Command::new("redis-server");
    Process::start("redis-server", command.arg(folder.join("redis.conf")))
}

fn start_gateway(
    folder: &Path,
    address: &str,
    credentials: &str,
    config: &str,
) -> (Process, Client) {
    let port = free_port();
    let file = folder.join("runtime-config.toml");
    fs::write(&file, config.replace("redis.tonearm.svc:6379", address)).unwrap();
    let mut command = Runtime::find_or_skip().up();
    command.args(["--component-id", "gateway"]);
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    command.arg("--state-dir").arg(folder);
    command.arg("--runtime-config-file").arg(file);
    for (name, value) in [
        ("redis_address", address),
        ("redis_credentials", credentials),
        ("auth_url", "http://127.0.0.1:9"),
    ] {
        command.args(variable(name, value));
    }
    let process = Process::start("gateway", &mut command);
    let client = Client::new(&format!("http://127.0.0.1:{port}"));
    wait::until("the gateway to answer", || client.try_get("/"));
    (process, client)
}

#[test]
fn the_gateway_connects_to_the_deployed_redis_with_the_secrets() {
    let folder = TempDir::new().unwrap();
    let secrets = secrets();
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let _redis = start_redis(folder.path(), &secrets, port);

    let credentials = &secrets["tonearm-redis/credentials"];
    let url = format!("redis://{credentials}{address}");
    let redis = ::redis::Client::open(url).unwrap();
    let mut redis = wait::until("Redis to answer", || redis.get_connection().ok());
    for (setting, value) in [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("maxmemory-policy", "noeviction"),
    ] {
        let mut command = ::redis::cmd("CONFIG");
        let reply: Vec<String> = command.arg("GET").arg(setting).query(&mut redis).unwrap();
        assert_eq!(reply, [setting, value]);
    }

    let config = &secrets["tonearm-files/runtime-config.toml"];
    let (_gateway, client) = start_gateway(folder.path(), &address, credentials, config);
    assert_eq!(client.get("/healthz").status, 200);
    let (_without_password, client) = start_gateway(folder.path(), &address, "", config);
    assert_eq!(client.get("/healthz").status, 503, "without the password");
}
