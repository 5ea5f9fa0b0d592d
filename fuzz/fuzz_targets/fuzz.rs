//! Runs the target that `FUZZ_TARGET` names; without it, prints all names.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tonearm_fuzz_targets::{Target, all};

static TARGET: OnceLock<Target> = OnceLock::new();

fn choose() {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match all().into_iter().find(|target| target.name == name) {
        Some(target) => {
            TARGET.get_or_init(|| target);
        }
        None => {
            for target in all() {
                println!("{}", target.name);
            }
            std::process::exit(i32::from(!name.is_empty()));
        }
    }
}

fuzz_target!(
    init: choose(),
    |input: &[u8]| {
        if let Some(target) = TARGET.get() {
            target.run(input);
        }
    }
);
