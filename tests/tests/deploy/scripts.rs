//! The scripts of `deploy/spinkube`, with a stand-in for the Spin CLI and its registry.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use crate::{output_text, run};

const SECRETS: &str = "deploy/spinkube/secrets.sh";
const PUSH: &str = "deploy/spinkube/push.sh";

#[test]
fn no_password_has_a_default() {
    let make = || {
        let output = run(SECRETS, &[], &[("EMAIL_API_KEY", "")]);
        assert!(output.status.success(), "{}", output_text(&output));
        output_text(&output)
    };
    let (first, second) = (make(), make());
    let values = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let random = [
            "password",
            "credentials",
            "token_signing_key",
            "letter_key",
            "metrics_token",
        ];
        pairs
            .filter(|(key, _)| random.contains(key))
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    assert_eq!(values(&first).len(), 5, "{first}");
    for (one, other) in values(&first).iter().zip(values(&second)) {
        assert_ne!(*one, other);
        // 32 random bytes in hexadecimal, in base64.
        assert!(one.len() >= 88, "{one}");
    }
}

#[test]
fn incomplete_settings_make_no_secrets() {
    for (environment, reason) in [
        (&[][..], "EMAIL_API_KEY"),
        (
            &[("EMAIL_API_KEY", "k"), ("REDIS_URL", "redis://host:6379")],
            "user:password@",
        ),
        (
            &[
                ("EMAIL_API_KEY", "k"),
                ("REDIS_URL", "redis://u:a%40b@host:6379"),
            ],
            "percent",
        ),
        (
            &[("EMAIL_API_KEY", "k"), ("LIBSQL_URL", "https://host")],
            "LIBSQL_TOKEN",
        ),
    ] {
        let output = run(SECRETS, &[], environment);
        assert!(!output.status.success(), "{environment:?}");
        let log = output_text(&output);
        assert!(log.contains(reason), "{environment:?}: {log}");
        assert!(!log.contains("kind: Secret"), "{environment:?}: {log}");
    }
}

#[test]
fn a_push_needs_a_name_and_a_version() {
    for (reference, reason) in [
        ("", "say where to"),
        ("tonearm", "say where to"),
        ("ghcr.io/you/tonearm", "has no version"),
        ("registry:5000/tonearm", "has no version"),
        ("ghcr.io/you/tonearm:latest", "choose another than latest"),
    ] {
        let output = run(PUSH, &[reference.to_owned()], &[]);
        let log = output_text(&output);
        assert!(
            !output.status.success() && log.contains(reason),
            "{reference}: {log}"
        );
    }
    let nowhere = [("SPIN", "/nowhere/spin")];
    let output = run(PUSH, &["ghcr.io/you/tonearm:0.2.0".to_owned()], &nowhere);
    assert!(
        output_text(&output).contains("install Spin"),
        "{}",
        output_text(&output)
    );
}

#[test]
fn a_push_prints_what_to_apply() {
    let folder = TempDir::new().unwrap();
    let spin = folder.path().join("spin");
    fs::write(&spin, "#!/bin/sh\necho \"spin called with: $*\"\n").unwrap();
    fs::set_permissions(&spin, fs::Permissions::from_mode(0o755)).unwrap();
    let spin = spin.to_str().unwrap();
    let output = run(
        PUSH,
        &["ghcr.io/you/tonearm:0.2.0".to_owned()],
        &[("SPIN", spin)],
    );
    let log = output_text(&output);
    assert!(output.status.success(), "{log}");
    for part in [
        "spin called with: registry push --from spin.toml ghcr.io/you/tonearm:0.2.0",
        "newName: ghcr.io/you/tonearm, newTag: \"0.2.0\"",
        "kubectl apply -k",
    ] {
        assert!(log.contains(part), "{part:?} in {log}");
    }
}
