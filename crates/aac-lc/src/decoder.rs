//! The decoder: blocks in, samples out.

use super::band_layout::BandLayout;
use super::bit_reader::{BitBuffer, BitReader};
use super::channel_stream::ChannelStream;
use super::error::{DecodeError, UnsupportedConfig};
use super::filterbank::{Filterbank, Overlap};
use super::layout::{Layout, Speaker};
use super::syntax::{self, AudioElement};
use super::tables::Tables;
use super::windows::FRAME_LENGTH;

/// Sample rates in Hz by `samplingFrequencyIndex` (table 1.16).
const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// Decodes one stream. Its memory is constant.
pub struct Decoder {
    sample_rate: u32,
    layout: &'static Layout,
    buffer: BitBuffer,
    tables: Tables,
    /// The channels of the current element.
    channels: Box<[ChannelStream; 2]>,
    elements: Vec<AudioElement>,
    filterbank: Filterbank,
    /// By channel.
    overlaps: Vec<Overlap>,
    has_sbr: bool,
}

impl Decoder {
    /// For `channel_configuration` 1 (mono) to 6 (5.1; ISO/IEC 14496-3, table 1.19) and a
    /// sample rate in Hz that has a `samplingFrequencyIndex` (table 1.16).
    ///
    /// # Errors
    /// [`UnsupportedConfig`] for any other.
    pub fn new(channel_configuration: u8, sample_rate: u32) -> Result<Self, UnsupportedConfig> {
        let layout = Layout::new(channel_configuration).ok_or(UnsupportedConfig)?;
        let bands = BandLayout::of(sample_rate).ok_or(UnsupportedConfig)?;
        let elements = layout.elements.iter();
        Ok(Self {
            sample_rate,
            layout,
            buffer: BitBuffer::default(),
            tables: Tables::new(bands),
            channels: Box::new([ChannelStream::new(), ChannelStream::new()]),
            elements: elements.map(|&kind| AudioElement::new(kind)).collect(),
            filterbank: Filterbank::new(),
            overlaps: layout.speakers.iter().map(|_| Overlap::new()).collect(),
            has_sbr: false,
        })
    }

    /// For an `AudioSpecificConfig` (ISO/IEC 14496-3, 1.6.2.1) of AAC-LC with 1024 samples
    /// per frame and without SBR, whether that is implicit or signalled.
    ///
    /// # Errors
    /// [`UnsupportedConfig`] for any other.
    pub fn from_audio_specific_config(config: &[u8]) -> Result<Self, UnsupportedConfig> {
        /// `syncExtensionType`, object type 5, `sbrPresentFlag` 0.
        const NO_SBR: [u8; 3] = [0x56, 0xe5, 0];
        const AAC_LC: u8 = 2;
        let (&[first, second], rest) = config.split_first_chunk().ok_or(UnsupportedConfig)?;
        let index = usize::from((first & 7) << 1 | second >> 7);
        let &sample_rate = RATES.get(index).ok_or(UnsupportedConfig)?;
        let (channels, flags) = (second >> 3 & 15, second & 7);
        let has_no_sbr = rest.is_empty() || rest == NO_SBR;
        if first >> 3 != AAC_LC || flags != 0 || !has_no_sbr {
            return Err(UnsupportedConfig);
        }
        Self::new(channels, sample_rate)
    }

    /// In Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Whether a block had SBR, so that the stream is HE-AAC.
    pub fn has_sbr(&self) -> bool {
        self.has_sbr
    }

    /// The channels, in the order of their planes.
    pub fn speakers(&self) -> &'static [Speaker] {
        self.layout.speakers
    }

    /// Decodes a `raw_data_block` and replaces `samples` by one plane of 1024 samples per
    /// channel, full scale at -1.0 and 1.0. The plane of a low-frequency channel is silent.
    ///
    /// # Errors
    /// [`DecodeError`] where the block is damaged or is not plain LC of the configuration
    /// given: elements in another order, coupling, a program config, pulses, SBR. The
    /// content of `samples` is then unspecified, and the next block starts from a state
    /// that is not the encoder's.
    pub fn decode(&mut self, block: &[u8], samples: &mut Vec<f32>) -> Result<(), DecodeError> {
        // Every plane is overwritten, so what is there need not be cleared.
        samples.resize(FRAME_LENGTH * self.layout.speakers.len(), 0.0);
        self.decode_planes(block, samples).ok_or(DecodeError)
    }

    fn decode_planes(&mut self, block: &[u8], samples: &mut [f32]) -> Option<()> {
        let length = block.len() * 8;
        self.buffer.fill(block);
        let mut bits = BitReader::new(&self.buffer);
        let (planes, _) = samples.as_chunks_mut::<FRAME_LENGTH>();
        let mut planes = planes.iter_mut().zip(&mut self.overlaps);
        for element in &mut self.elements {
            syntax::skip_other_elements(&mut bits, length, &mut self.has_sbr)?;
            element.read(&mut bits, &self.tables, &mut self.channels)?;
            if bits.position() > length {
                return None;
            }
            let channels = self.channels.iter_mut().take(element.channel_count());
            for (channel, (plane, overlap)) in channels.zip(&mut planes) {
                channel.apply_tns();
                self.filterbank
                    .run(&channel.spectrum, &channel.info, overlap, plane);
            }
        }
        syntax::skip_other_elements(&mut bits, length, &mut self.has_sbr)?;
        let is_complete = match self.layout.has_lfe {
            true => syntax::is_lfe(&bits),
            false => syntax::is_end(&bits, length),
        };
        if let Some((plane, _)) = planes.next() {
            plane.fill(0.0);
        }
        is_complete.then_some(())
    }
}
