//! Decoded audio.

use crate::channels::ChannelPosition;

/// How the samples of several channels are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleLayout {
    /// All channels of one moment side by side.
    #[default]
    Interleaved,
    /// One channel after the other.
    Planar,
}

/// Decoded audio.
#[derive(Clone, Debug, Default)]
pub struct Pcm {
    /// Full scale at -1.0 and 1.0.
    pub samples: Vec<f32>,
    /// How `samples` is laid out.
    pub layout: SampleLayout,
    /// In Hz.
    pub rate: u32,
    /// One for each channel.
    pub positions: Vec<ChannelPosition>,
}

impl Pcm {
    /// Samples per channel.
    #[inline]
    pub fn frames(&self) -> usize {
        self.samples.len() / self.positions.len().max(1)
    }

    /// Makes room for samples in this layout. Rate and positions stay as they are,
    /// for the silence in place of packets that turn out to be damaged.
    #[inline]
    pub fn clear(&mut self, layout: SampleLayout) {
        self.samples.clear();
        self.layout = layout;
    }

    /// Replaces everything with these channels, which are of equal length.
    pub fn set_planes<'a>(
        &mut self,
        rate: u32,
        positions: impl Iterator<Item = ChannelPosition>,
        planes: impl Iterator<Item = &'a [f32]>,
    ) {
        self.clear(SampleLayout::Planar);
        self.rate = rate;
        let mut count = 0;
        for plane in planes {
            self.samples.extend_from_slice(plane);
            count += 1;
        }
        self.positions.clear();
        self.positions.extend(positions.take(count));
        self.positions.resize(count, ChannelPosition::Other);
    }
}
