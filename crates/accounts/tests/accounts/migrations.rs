//! Migrations are applied once, by whichever instance comes first.

use tonearm_accounts::{Database, migrate};

use crate::{File, fresh};

#[test]
fn schema() {
    let (_folder, file) = fresh();
    let rows = file
        .execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name",
            &[],
        )
        .unwrap();
    let sql: Vec<String> = rows
        .iter()
        .map(|row| row.text(0).unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(sql.join("\n"));
}

#[test]
fn a_second_migration_does_nothing() {
    let (_folder, file) = fresh();
    assert!(!migrate(&file).unwrap());
}

#[test]
fn a_newer_database_is_left_alone() {
    let (_folder, file) = fresh();
    file.execute("PRAGMA user_version = 99", &[]).unwrap();
    assert!(!migrate(&file).unwrap());
}

#[test]
fn concurrent_migrations_are_applied_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.db");
    let barrier = std::sync::Barrier::new(8);
    let migrated: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let file = File::open(&path);
                    barrier.wait();
                    migrate(&file).unwrap()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(
        migrated.iter().filter(|migrated| **migrated).count(),
        1,
        "{migrated:?}"
    );
}
