//! The exports of `tonearm:audio/encoder`.

type Plugin = tonearm_plugin::exports::Exports<crate::Rusty>;

tonearm_plugin::exports::bindings::export_encoder!(Plugin);
