//! The exports of `tonearm:audio/encoder`.

type Plugin = tonearm_encoder_sdk::exports::Exports<crate::Lame>;

tonearm_encoder_sdk::exports::bindings::export_encoder!(Plugin);
