//! What a plugin says of itself, and what it asks for.

use tonearm_e2e::plugin::Plugin;

pub fn it_says_what_it_is_and_takes(plugin: &mut Plugin) {
    let description = plugin.describe();
    assert!(!description.name.trim().is_empty());
    assert!(description.media_type.starts_with("audio/"));
    assert!(!description.extension.contains(['.', '/']));
    assert!(!description.extension.is_empty());
    assert!(description.sample_rates.is_sorted_by(|a, b| a < b));
    for usual in [44_100, 48_000] {
        assert!(description.sample_rates.contains(&usual));
    }
    assert!(description.max_channels >= 1);
    assert!(description.max_block >= 1);
    assert!(description.lead_in.is_none_or(|frames| frames <= 100));
    assert_eq!(plugin.describe(), description, "it is constant");
}

/// Standard libraries import some of WASI; anything else would be somebody's service.
pub fn it_needs_no_capability(plugin: &mut Plugin) {
    let surface = plugin.surface();
    for import in &surface.imports {
        assert!(import.starts_with("wasi:"), "{import}");
    }
    let exports: Vec<_> = surface.exports.iter().collect();
    assert_eq!(exports, ["tonearm:audio/encoder@0.2.0"]);
}
