//! The exports of the component.

type Plugin = tonearm_encoder_sdk::exports::Exports<crate::encoder::Rusty>;

tonearm_encoder_sdk::exports::bindings::export_encoder!(Plugin);
