//! From a container to the packets of one audio track.
//!
//! Timestamps are not looked at: a track that starts late starts the MP3, and a
//! gap in it closes. So does FFmpeg unless told otherwise, and its length of the
//! same file is the yardstick. What counts is the container's word on what is
//! not to be heard: edit lists, delays, padding.

mod adts;
mod aiff;
mod avi;
mod bare;
pub(crate) mod bits;
mod caf;
mod choice;
mod chunks;
mod elementary;
mod flv;
mod framer;
mod heads;
mod id3;
mod latm;
mod lpcm;
mod mkv;
mod mp4;
mod mpeg;
mod pcm;
mod pes;
mod ps;
mod riff;
mod symphonia;
mod ts;
mod wav;

use ::symphonia::core::codecs::audio::AudioCodecParameters;
use ::symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_AC3};

use crate::container::Container;
use crate::error::Result;
use crate::input::Input;
use crate::metadata::Tags;
use crate::selection::TrackChoice;

/// One coded packet. Its buffer is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Packet {
    pub(crate) data: Vec<u8>,
    /// Samples per channel of the decoded packet, at the track's tick rate; 0
    /// where the container does not tell.
    pub(crate) ticks: u64,
    /// Of those, how many the container says to throw away at the start.
    pub(crate) trim_start: u64,
    /// And at the end.
    pub(crate) trim_end: u64,
    /// `ticks` is the container's last word on this packet: what is decoded
    /// beyond it is padding.
    pub(crate) is_exact: bool,
}

/// What a call of [`Demuxer::next`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The packet was filled.
    Packet,
    /// A bounded amount of other data was passed over; call again.
    Busy,
    /// A new stream begins (chained OGG): read [`Demuxer::track`] again.
    NewTrack,
    /// There is no more.
    End,
}

/// A part of the decoded track that is to be heard, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// First tick.
    pub(crate) start: u64,
    /// How many; to the end where absent.
    pub(crate) length: Option<u64>,
}

/// The chosen audio track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    /// Codec and its configuration, in symphonia's terms.
    pub(crate) params: AudioCodecParameters,
    /// Name of the codec for an error, where `params.codec` has no name.
    pub(crate) codec_name: Option<String>,
    /// Ticks per second of packets and edits.
    pub(crate) tick_rate: u32,
    /// Ticks to throw away at the start, across packets: an encoder's delay.
    pub(crate) skip: u64,
    /// Parts to be heard, ascending; all of it where empty.
    pub(crate) edits: Vec<Edit>,
    /// Length to be heard in seconds, where the container tells.
    pub(crate) seconds: Option<f64>,
    /// Title and so on.
    pub(crate) tags: Tags,
}

/// Reads packets of one track, in order.
pub(crate) trait Demuxer: Send {
    /// The chosen track.
    fn track(&self) -> &Track;

    /// Reads on. Does a bounded amount of work.
    fn next(&mut self, packet: &mut Packet) -> Result<Step>;

    /// How much of the file is read, 0 to 1.
    fn fraction(&self) -> f32;

    /// As [`next`](Self::next), but leaves the packet's data out where that
    /// spares reading it.
    fn pass(&mut self, packet: &mut Packet) -> Result<Step> {
        self.next(packet)
    }

    /// The place before the next packet, to go on from later; `None` where this
    /// is no such place.
    fn mark(&mut self) -> Option<u64> {
        None
    }

    /// Goes on from a mark of the same file. What makes no mark is not asked.
    fn resume(&mut self, _mark: u64) -> Result<()> {
        Ok(())
    }
}

/// Opens the container that begins at `start` and chooses its audio track.
pub(crate) fn open(
    mut input: Input,
    container: Container,
    start: u64,
    choice: &TrackChoice,
) -> Result<Box<dyn Demuxer>> {
    match container {
        Container::Mp4 => mp4::open(input, choice),
        Container::Matroska => mkv::open(input, choice),
        Container::Avi => avi::open(input, choice),
        Container::Flv => flv::open(input, choice),
        Container::MpegTs => ts::open(input, start, choice),
        Container::MpegPs => ps::open(input, start, choice),
        Container::Adts => {
            choice::only(choice, CODEC_ID_AAC, None)?;
            adts::open(input, start)
        }
        Container::Loas => {
            choice::only(choice, CODEC_ID_AAC, None)?;
            bare::open(input, start, framer::Kind::Latm)
        }
        Container::Ac3 => {
            choice::only(choice, CODEC_ID_AC3, None)?;
            bare::open(input, start, framer::Kind::Dolby)
        }
        Container::Wav | Container::Wave64 => wav::read(&mut input, start)?.open(input, choice),
        Container::Aiff => aiff::read(&mut input, start)?.open(input, choice),
        Container::Caf => {
            let parts = caf::read(&mut input, start)?;
            if parts.is_symphonias() {
                return symphonia::open(input, container, start, choice);
            }
            parts.open(input, choice)
        }
        Container::Mp3 => mpeg::open(input, start, choice),
        Container::Ogg | Container::Flac => symphonia::open(input, container, start, choice),
    }
}

pub(crate) use self::mpeg::DECODER_DELAY;
pub(crate) use self::ts::stride as ts_stride;

/// The tags that lie beside the stream that begins at `start`, where its demuxer
/// does not look.
pub(crate) fn read_tags(input: &mut Input, container: Container, start: u64) -> Result<Tags> {
    match container {
        Container::Wav => riff::read(input),
        _ => id3::read(input, start),
    }
}

/// Longest packet that is read; a longer one counts as damaged. Lossless frames
/// of 8 channels stay well below it.
const MAX_PACKET: u64 = 4 << 20;

impl Packet {
    /// Fills this packet from `input` with `length` bytes at `pos`. A packet of
    /// a nonsensical length comes out empty, and so is concealed later.
    fn fill(&mut self, input: &mut Input, pos: u64, length: u64, ticks: u64) -> Result<()> {
        self.data.clear();
        (self.trim_start, self.trim_end, self.is_exact) = (0, 0, false);
        self.ticks = ticks;
        input.set_pos(pos);
        if length > MAX_PACKET {
            return Ok(());
        }
        input.fill_vec(&mut self.data, length)
    }
}

/// Part of a file that a position stands for.
fn fraction_of(pos: u64, len: u64) -> f32 {
    if len == 0 {
        return 1.0;
    }
    (pos as f64 / len as f64).min(1.0) as f32
}
