//! The exports of the component.

type Plugin = tonearm_decoder_sdk::exports::Exports<crate::Decoder>;

tonearm_decoder_sdk::exports::bindings::export_decoder!(Plugin);
