//! The types that demuxers and decoders share.
//!
//! A demuxer reads an [`Input`] and yields [`Packet`]s of one [`Track`]; a decoder
//! turns packets into [`Pcm`]. This crate depends on neither side, so that either
//! can be tested without the other.
//!
//! | file | contents |
//! |---|---|
//! | `codec.rs` | the table of codecs: a new codec starts there |
//! | `input.rs`, `bit_reader.rs` | reading an untrusted file |
//! | `packet.rs`, `track.rs`, `track_list.rs`, `demuxer.rs` | what a demuxer yields |
//! | `pcm.rs`, `channels.rs`, `decoder.rs` | what a decoder yields |
//! | `frame_header/` | frame headers that both sides read |
//! | `limits.rs`, `error.rs` | the limits of a file, and why it is refused |
//! | `tags.rs`, `chapters.rs`, `language.rs` | metadata |
//! | `location.rs`, `picture.rs` | metadata that does not reach the MP3 |

pub mod amr;
mod bit_reader;
mod channels;
pub mod chapters;
mod codec;
mod codec_params;
mod codec_set;
mod decoder;
mod demuxer;
mod error;
pub mod frame_header;
mod input;
pub mod language;
mod limits;
mod location;
mod packet;
mod pcm;
mod picture;
pub mod tags;
mod track;
mod track_list;
pub mod wma;

pub use bit_reader::BitReader;
pub use channels::{ChannelPosition, Channels};
pub use chapters::Chapter;
pub use codec::{Codec, IMA_QT_BLOCK_BYTES, IMA_QT_BLOCK_SAMPLES, PacketLength, opus_length};
pub use codec_params::CodecParams;
pub use codec_set::CodecSet;
pub use decoder::{Decoder, DecoderPlugin, NoPlugin, Undecodable};
pub use demuxer::{Demuxer, ReadStep, fraction_of};
pub use error::{FileError, Limit, Result};
pub use input::Input;
pub use limits::{LimitCounter, Limits};
pub use packet::Packet;
pub use pcm::{Pcm, SampleLayout};
pub use tags::{Cover, Tags};
pub use track::{Edit, Track, TrackChoice, TrackSelector};
pub use track_list::{ListedTrack, TrackList};
