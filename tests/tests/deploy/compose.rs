//! Faults in `deploy/compose/compose.yaml`: the text to replace, its replacement, and the
//! expected complaint.

use std::fs;

use tonearm_e2e::paths;

use crate::{output_text, run};

const FAULTS: [(&str, &str, &str, &str); 12] = [
    (
        "unknown-key",
        "restart: unless-stopped",
        "restrat: always",
        "restrat",
    ),
    (
        "unknown-network",
        "networks: [accounts, queue]",
        "networks: [acounts, queue]",
        "acounts",
    ),
    (
        "no-version",
        "tonearm-host:0.2.0",
        "tonearm-host:latest",
        "auth: image tonearm-host:latest has no version",
    ),
    (
        "root",
        "user: \"65532:65532\"",
        "user: \"0:0\"",
        "converter: it may run as root",
    ),
    (
        "writable",
        "read_only: true",
        "read_only: false",
        "gateway: it can write to its file system",
    ),
    (
        "privileges",
        "cap_drop: [ALL]",
        "cap_drop: []",
        "notifier: it has privileges",
    ),
    (
        "unknown-component",
        "-c, gateway,",
        "-c, gatway,",
        "gateway: spin.toml has no component gatway",
    ),
    (
        "unknown-variable",
        "VARIABLE_AUTH_URL",
        "VARIABLE_AUTHN_URL",
        "SPIN_VARIABLE_AUTHN_URL is no variable",
    ),
    (
        "secret",
        "KEY: \"${EMAIL_API_KEY-}\"",
        "KEY: hunter2",
        "SPIN_VARIABLE_EMAIL_API_KEY is a secret",
    ),
    (
        "unknown-service",
        "http://auth:3000",
        "http://authn:3000",
        "gateway: http://authn:3000: there is no service authn",
    ),
    (
        "no-shared-network",
        "[front, accounts, queue]",
        "[front]",
        "it shares no network with auth",
    ),
    (
        "no-way-out",
        "networks: [queue, out]",
        "networks: [queue]",
        "notifier: https://filled.example.org: none of its networks leads outside",
    ),
];

#[test]
fn every_fault_in_the_compose_file_is_caught() {
    let project = paths::workspace().join("deploy/compose/compose.yaml");
    let text = fs::read_to_string(project).unwrap();
    let folder = paths::workspace().join("target/compose-faults");
    fs::create_dir_all(&folder).unwrap();
    let files = FAULTS.map(|(name, from, to, _)| {
        assert!(text.contains(from), "{name}: {from:?} is not in the file");
        let file = folder.join(format!("{name}.yaml"));
        fs::write(&file, text.replace(from, to)).unwrap();
        file.to_str().unwrap().to_owned()
    });
    let output = run("scripts/check-deploy.sh", &files, &[]);
    let log = output_text(&output);
    assert_eq!(output.status.code(), Some(1), "{log}");
    for ((name, _, _, complaint), file) in FAULTS.iter().zip(&files) {
        let mut lines = log
            .lines()
            .filter_map(|line| line.strip_prefix(file.as_str()));
        assert!(
            lines.any(|line| line.contains(complaint)),
            "{name}: {complaint:?} in\n{log}"
        );
    }
}
