//! `docs/conformance.md` lists every check of this suite with the results that the code
//! implies.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The macros that mark a check, with its results on the host, Spin 3.6 and Spin 4.
const MARKS: [(&str, [&str; 3]); 3] = [
    ("differs_on_spin!", ["yes", "no", "no"]),
    ("differs_on_spin_3!", ["yes", "no", "yes"]),
    ("host_feature!", ["yes", "n/a", "n/a"]),
];

/// The results of a check, and the reason if they differ.
type Row = ([String; 3], String);

#[test]
fn the_page_lists_every_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/conformance.md")).unwrap();
    let page = rows(&page);
    let code = checks(&root.join("host/tests/black_box"));
    assert!(code.len() > 30, "{} checks", code.len());
    for (check, row) in &code {
        let line = page.get(check);
        assert_eq!(line, Some(row), "{check} in docs/conformance.md");
    }
    for check in page.keys() {
        assert!(code.contains_key(check), "{check} does not exist");
    }
}

/// The rows of the page's tables, by the check in backticks.
fn rows(page: &str) -> BTreeMap<String, Row> {
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| `")?.split('|').collect();
        let [check, host, spin_3, spin_4, reason, ""] = cells[..] else {
            panic!("a check has five columns: {line}");
        };
        let results = [host, spin_3, spin_4].map(|cell| cell.trim().to_owned());
        let check = check.trim().trim_end_matches('`').to_owned();
        Some((check, (results, reason.trim().to_owned())))
    });
    rows.collect()
}

/// Every check in the folder, as `module::name`, without this module.
fn checks(folder: &Path) -> BTreeMap<String, Row> {
    let mut checks = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() || module == "page" {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for test in source.split("\n#[test]\nfn ").skip(1) {
            let (name, body) = test.split_once("()").unwrap();
            let marks = MARKS.iter();
            let mut marked = marks.filter_map(|(mark, row)| Some((*row, reason(body, mark)?)));
            let (results, reason) = marked.next().unwrap_or((["yes"; 3], ""));
            let row = (results.map(str::to_owned), reason.to_owned());
            checks.insert(format!("{module}::{name}"), row);
        }
    }
    checks
}

/// The string that a macro is called with.
fn reason<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, call) = body.split_once(name)?;
    let (_, string) = call.split_once('"')?;
    Some(string.split_once('"')?.0)
}
