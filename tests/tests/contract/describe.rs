//! The description of a plugin, and its imports.

use tonearm_e2e::plugin::Plugin;

pub fn the_description_is_complete_and_constant(plugin: &mut Plugin) {
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
    assert_eq!(plugin.describe(), description, "not constant");
}

/// Standard libraries import parts of WASI. Any other import would be a capability.
pub fn the_plugin_imports_nothing_but_wasi(plugin: &mut Plugin) {
    let surface = plugin.surface();
    for import in &surface.imports {
        assert!(import.starts_with("wasi:"), "{import}");
    }
    let exports: Vec<_> = surface.exports.iter().collect();
    assert_eq!(exports, ["tonearm:audio/encoder@0.2.0"]);
}
