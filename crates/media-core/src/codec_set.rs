//! A set of codecs.

use crate::codec::Codec;

/// The codecs that can be decoded: those that are built in, and those of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodecSet(Vec<Codec>);

impl CodecSet {
    /// The built-in codecs and these.
    pub fn with_plugin(codecs: impl IntoIterator<Item = Codec>) -> Self {
        Self(codecs.into_iter().collect())
    }

    /// Whether a codec can be decoded.
    pub fn contains(&self, codec: Codec) -> bool {
        codec.is_built_in() || self.0.contains(&codec)
    }
}
