//! Checks the unit of `deploy/systemd` with `systemd-analyze`, if that is installed.

use std::fs;
use std::process::Command;

use tempfile::TempDir;
use tonearm_e2e::paths;

#[test]
fn systemd_accepts_the_unit() {
    let unit = paths::workspace().join("deploy/systemd/tonearm@.service");
    let unit = fs::read_to_string(unit).unwrap();
    let folder = TempDir::new().unwrap();
    let verify = |unit: &str| {
        let file = folder.path().join("tonearm@gateway.service");
        // The host is not installed here.
        fs::write(
            &file,
            unit.replace("/usr/local/bin/tonearm-host", "/bin/true"),
        )
        .unwrap();
        let mut command = Command::new("systemd-analyze");
        command.args(["verify", "--man=no"]).arg(file).output().ok()
    };
    let Some(output) = verify(&unit) else {
        println!("SKIPPED: there is no systemd-analyze");
        return;
    };
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && log.trim().is_empty(), "{log}");
    let output = verify(&unit.replace("DynamicUser", "DynamicUsr")).unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("DynamicUsr"), "{log}");
}
