//! AAC-LC of one to six channels at 44.1 or 48 kHz. The low-frequency channel, of which
//! nothing is heard once it is folded down, stays silent and is not decoded.

use super::bits::{Bits, Words};
use super::channel::{Channel, LINES};
use super::elements::{self, Element, Tables};
use super::layout::Layout;
use super::synthesis::{Overlap, Synthesis};
use crate::decode::{Decoder, Order, Pcm, Undecodable};
use crate::demux::Packet;

/// The decoder.
pub(crate) struct Lc {
    rate: u32,
    layout: &'static Layout,
    words: Words,
    tables: Tables,
    /// What is read of an element, whichever it is.
    channels: Box<[Channel; 2]>,
    elements: Vec<Element>,
    synthesis: Synthesis,
    /// Of each channel.
    overlaps: Vec<Overlap>,
}

impl Lc {
    /// For a layout at 44.1 or 48 kHz.
    pub(crate) fn new(layout: &'static Layout, rate: u32) -> Self {
        let elements = layout.elements.iter();
        Self {
            rate,
            layout,
            words: Words::default(),
            tables: Tables::new(),
            channels: Box::new([Channel::new(), Channel::new()]),
            elements: elements.map(|&kind| Element::new(kind)).collect(),
            synthesis: Synthesis::new(),
            overlaps: layout.places.iter().map(|_| Overlap::new()).collect(),
        }
    }

    /// Decodes a `raw_data_block` into one plane after the other. `None` where it is
    /// damaged, or holds anything that does not belong to the layout or to LC: elements in
    /// another order, coupling, a configuration, SBR.
    pub(crate) fn block(&mut self, block: &[u8], samples: &mut [f32]) -> Option<()> {
        let length = block.len() * 8;
        self.words.fill(block);
        let mut bits = Bits::new(&self.words);
        let (planes, _) = samples.as_chunks_mut::<LINES>();
        let mut planes = planes.iter_mut().zip(&mut self.overlaps);
        for element in &mut self.elements {
            elements::pass_others(&mut bits, length)?;
            element.read(&mut bits, &self.tables, &mut self.channels)?;
            if bits.position() > length {
                return None;
            }
            let channels = self.channels.iter_mut().take(element.channel_count());
            for (channel, (plane, overlap)) in channels.zip(&mut planes) {
                channel.shape(self.rate);
                self.synthesis
                    .run(&channel.lines, &channel.windows, overlap, plane);
            }
        }
        elements::pass_others(&mut bits, length)?;
        let is_whole = match self.layout.has_low_frequency {
            true => elements::is_low_frequency(&bits),
            false => elements::is_end(&bits, length),
        };
        if let Some((plane, _)) = planes.next() {
            plane.fill(0.0);
        }
        is_whole.then_some(())
    }
}

impl Decoder for Lc {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.order = Order::Planar;
        // Each is written anew, so they need not be cleared.
        pcm.samples.resize(LINES * self.layout.places.len(), 0.0);
        self.block(&packet.data, &mut pcm.samples)
            .ok_or(Undecodable)?;
        pcm.rate = self.rate;
        pcm.places.clear();
        pcm.places.extend_from_slice(self.layout.places);
        Ok(())
    }
}
