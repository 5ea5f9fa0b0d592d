//! Decoded audio.

use crate::channels::ChannelPosition;

/// The order of samples in a buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleLayout {
    /// One sample of every channel, then the next sample of every channel.
    #[default]
    Interleaved,
    /// All samples of one channel, then all of the next.
    Planar,
}

/// Decoded audio.
#[derive(Clone, Debug, Default)]
pub struct Pcm {
    /// Full scale at -1.0 and 1.0.
    pub samples: Vec<f32>,
    /// Order of `samples`.
    pub layout: SampleLayout,
    /// Sample rate in Hz.
    pub rate: u32,
    /// Position of each channel.
    pub positions: Vec<ChannelPosition>,
}

impl Pcm {
    /// Samples per channel.
    #[inline]
    pub fn frames(&self) -> usize {
        self.samples.len() / self.positions.len().max(1)
    }

    /// Removes all samples and sets the layout. Keeps rate and positions, which silence in
    /// place of a damaged packet needs.
    #[inline]
    pub fn clear(&mut self, layout: SampleLayout) {
        self.samples.clear();
        self.layout = layout;
    }

    /// Replaces everything with these channels, which must have equal lengths.
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
