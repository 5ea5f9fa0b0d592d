//! Each file in `faults/` breaks one thing in an overlay. Its comments name the overlay and
//! the expected complaint; its body is a kustomization on top of the overlay, followed by an
//! optional document to add after `---`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use tonearm_e2e::paths;

use crate::{has_definitions, output_text, run};

struct Fault {
    name: String,
    overlay: String,
    complaint: String,
    needs_definitions: bool,
    kustomization: String,
    extra: Option<String>,
}

impl Fault {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let comment = |key: &str| {
            let key = format!("# {key}: ");
            text.lines().find_map(|line| line.strip_prefix(&key))
        };
        let required = |key| {
            let value: Option<&str> = comment(key);
            value.unwrap_or_else(|| panic!("{file:?} has no {key:?}"))
        };
        let (kustomization, extra) = match text.split_once("\n---\n") {
            Some((first, rest)) => (first, Some(rest.to_owned())),
            None => (text.as_str(), None),
        };
        Self {
            name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
            overlay: required("overlay").to_owned(),
            complaint: required("says").to_owned(),
            needs_definitions: comment("needs").is_some(),
            kustomization: kustomization.to_owned(),
            extra,
        }
    }

    /// Writes the broken overlay into a folder and returns the folder.
    fn write(&self, folder: &Path) -> String {
        let folder = folder.join(&self.name);
        fs::create_dir_all(&folder).unwrap();
        // Relative to target/deploy-faults/NAME: kustomize accepts no absolute paths.
        let overlay = format!("../../../deploy/spinkube/overlays/{}", self.overlay);
        let mut resources = format!("resources:\n  - {overlay}\n");
        if let Some(extra) = &self.extra {
            fs::write(folder.join("extra.yaml"), extra).unwrap();
            resources += "  - extra.yaml\n";
        }
        let text = format!("namespace: tonearm\n{resources}{}\n", self.kustomization);
        fs::write(folder.join("kustomization.yaml"), text).unwrap();
        folder.to_str().unwrap().to_owned()
    }
}

#[test]
fn every_fault_is_caught() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/faults");
    let files = fs::read_dir(folder).unwrap();
    let mut faults: Vec<_> = files.map(|it| Fault::read(&it.unwrap().path())).collect();
    faults.retain(|fault| has_definitions() || !fault.needs_definitions);
    faults.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(faults.len() > 40, "{}", faults.len());

    let broken = paths::workspace().join("target/deploy-faults");
    let _ = fs::remove_dir_all(&broken);
    let folders: Vec<_> = faults.iter().map(|fault| fault.write(&broken)).collect();
    let output = run("scripts/check-deploy.sh", &folders, &[]);
    let log = output_text(&output);
    assert_eq!(output.status.code(), Some(1), "{log}");

    let mut missed = String::new();
    for (fault, folder) in faults.iter().zip(&folders) {
        let start = format!("{folder}: ");
        let mut lines = log.lines().filter_map(|line| line.strip_prefix(&start));
        let about: Vec<_> = lines.by_ref().collect();
        if !about.iter().any(|line| line.contains(&fault.complaint)) {
            let _ = writeln!(
                missed,
                "{}: expected {:?}, got {about:#?}",
                fault.name, fault.complaint
            );
        }
    }
    assert!(missed.is_empty(), "{missed}");
}
