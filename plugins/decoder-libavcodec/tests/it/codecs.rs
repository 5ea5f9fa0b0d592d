//! The codecs of the plugin.

use tonearm_decoder_sdk::Decoder;
use tonearm_media_core::Codec;

use crate::require_libavcodec;

#[test]
fn the_plugin_has_every_codec_that_the_codec_table_assigns_to_it() {
    require_libavcodec!();
    let described = decoder_libavcodec::Plugin::new().describe().codecs;
    for codec in Codec::ALL.iter().filter(|codec| !codec.is_built_in()) {
        let id = codec.id().unwrap().to_owned();
        // Nobody decodes these.
        let is_only_named = ["ac4", "mpegh_3d_audio", "apac"].contains(&id.as_str());
        assert_eq!(described.contains(&id), !is_only_named, "{id}");
    }
}

#[test]
fn every_codec_of_the_plugin_is_in_the_codec_table() {
    for id in decoder_libavcodec::Plugin::new().describe().codecs {
        assert!(Codec::from_id(&id).is_some(), "{id}");
    }
}
