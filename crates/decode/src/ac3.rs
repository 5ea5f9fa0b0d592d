//! AC-3 and E-AC-3 by `oxideav-ac3`: up to 5.1, and 7.1 by dependent streams.
//!
//! Taken below that crate's own decoder, which hands out 16 bits and folds down
//! by a matrix of its own; hence its exact version in `Cargo.toml`.

use tonearm_media_core::{
    ChannelPosition, Decoder, FileError, Packet, Pcm, Result, SampleLayout, Track, Undecodable,
    frame_header::ac3, frame_header::ac3::Header,
};

use oxideav_ac3::audblk::{self, Ac3State};
use oxideav_ac3::eac3::chanmap::ChannelLocation;
use oxideav_ac3::eac3::{self, Eac3DecoderState};
use oxideav_ac3::{bsi, crc, syncinfo};

/// Frames that one packet may hold.
const MAX_FRAMES: usize = 64;

struct Ac3 {
    plain: Box<Ac3State>,
    enhanced: Box<Eac3DecoderState>,
    /// The stream's checksums are right, so that a wrong one means damage. There
    /// are writers that leave them out.
    is_checked: bool,
    scratch: Vec<f32>,
}

/// Rates that are decoded. All films and broadcasts have the first; at 44.1 kHz,
/// and at the halves that E-AC-3 knows, `oxideav-ac3` 0.0.11 yields noise, since
/// three entries of its table of hearing thresholds are wrong.
const RATES: [u32; 2] = [48_000, 32_000];

pub(super) fn open(track: &Track) -> Result<Box<dyn Decoder>> {
    let rate = track.params.sample_rate.unwrap_or(RATES[0]);
    if !RATES.contains(&rate) {
        let name = track.params.codec.name().unwrap_or("AC-3");
        return Err(FileError::UnsupportedCodec {
            name: format!("{name} at {rate} Hz"),
        });
    }
    Ok(Box::new(Ac3 {
        plain: Box::new(Ac3State::new()),
        enhanced: Box::default(),
        is_checked: false,
        scratch: Vec::new(),
    }))
}

impl Decoder for Ac3 {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.clear(SampleLayout::Interleaved);
        let mut rest = packet.data.as_slice();
        for _ in 0..MAX_FRAMES {
            let Some(unit) = unit(rest)? else { break };
            let (bytes, after) = rest.split_at(unit.length);
            rest = after;
            self.unit(&unit.first, bytes, pcm)?;
        }
        let is_sound = rest.len() < packet.data.len();
        match is_sound && pcm.samples.iter().all(|sample| sample.is_finite()) {
            true => Ok(()),
            false => Err(Undecodable),
        }
    }
}

/// A frame, and for E-AC-3 the frames that depend on it.
struct Unit {
    first: Header,
    length: usize,
}

/// The unit at the start of `bytes`; the padding of some containers is none.
fn unit(bytes: &[u8]) -> Result<Option<Unit>, Undecodable> {
    if bytes.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let first = ac3::parse(bytes).ok_or(Undecodable)?;
    let mut length = first.length;
    while let Some(next) = bytes.get(length..).and_then(ac3::parse) {
        if !next.is_dependent || length + next.length > bytes.len() {
            break;
        }
        length += next.length;
    }
    match length > bytes.len() {
        true => Err(Undecodable),
        false => Ok(Some(Unit { first, length })),
    }
}

impl Ac3 {
    fn unit(&mut self, first: &Header, bytes: &[u8], pcm: &mut Pcm) -> Result<(), Undecodable> {
        if first.is_dependent || first.program != 0 {
            return Ok(());
        }
        if !RATES.contains(&first.sample_rate) {
            return Err(Undecodable);
        }
        let core = bytes.get(..first.length).ok_or(Undecodable)?;
        let is_right = if first.is_enhanced {
            crc::verify_eac3_syncframe(core, core.len()).crc2_ok == Some(true)
        } else {
            crc::verify_ac3_syncframe(core, core.len()).crc2_ok == Some(true)
        };
        if self.is_checked && !is_right {
            return Err(Undecodable);
        }
        self.is_checked |= is_right;
        let mut places = places(first);
        let rate = if first.is_enhanced {
            let silenced = self.enhanced.frames_zero_filled;
            let outcome = eac3::decode_eac3_packet(&mut self.enhanced, bytes);
            let frame = outcome.map_err(|_| Undecodable)?;
            if self.enhanced.frames_zero_filled != silenced {
                return Err(Undecodable);
            }
            places.extend(frame.dep_locations.iter().map(place));
            places.resize(usize::from(frame.channels), ChannelPosition::Other);
            self.scratch.clear();
            self.scratch
                .extend_from_slice(self.enhanced.indep_pcm_f32());
            frame.sample_rate
        } else {
            let info = syncinfo::parse(core).map_err(|_| Undecodable)?;
            let head = core.get(5..).unwrap_or_default();
            let head = bsi::parse(head).map_err(|_| Undecodable)?;
            places.resize(usize::from(head.nchans), ChannelPosition::Other);
            let length = usize::try_from(first.samples).unwrap_or(0) * places.len();
            self.scratch.clear();
            self.scratch.resize(length, 0.0);
            audblk::decode_frame(&mut self.plain, &info, &head, core, &mut self.scratch)
                .map_err(|_| Undecodable)?;
            first.sample_rate
        };
        // A packet has one format.
        if !pcm.samples.is_empty() && (pcm.rate != rate || pcm.positions != places) {
            return Ok(());
        }
        (pcm.rate, pcm.positions) = (rate, places);
        pcm.samples.extend_from_slice(&self.scratch);
        Ok(())
    }
}

/// In the order of the stream (ETSI TS 102 366, table 4.3).
fn places(header: &Header) -> Vec<ChannelPosition> {
    use ChannelPosition::{
        BackCentre, FrontCentre, FrontLeft, FrontRight, Left, LowFrequency, Right,
    };
    let full: &[ChannelPosition] = match header.mode {
        1 => &[FrontCentre],
        3 => &[FrontLeft, FrontCentre, FrontRight],
        4 => &[FrontLeft, FrontRight, BackCentre],
        5 => &[FrontLeft, FrontCentre, FrontRight, BackCentre],
        6 => &[FrontLeft, FrontRight, Left, Right],
        7 => &[FrontLeft, FrontCentre, FrontRight, Left, Right],
        // Stereo, or two languages side by side.
        _ => &[FrontLeft, FrontRight],
    };
    let low = header.has_lfe.then_some(LowFrequency);
    full.iter().copied().chain(low).collect()
}

fn place(location: &ChannelLocation) -> ChannelPosition {
    use ChannelLocation as At;
    match location {
        At::Left => ChannelPosition::FrontLeft,
        At::Right => ChannelPosition::FrontRight,
        At::Center => ChannelPosition::FrontCentre,
        At::LeftSurround | At::LeftCenter | At::LeftRearSurround | At::LeftSurroundDirect => {
            ChannelPosition::Left
        }
        At::RightSurround | At::RightCenter | At::RightRearSurround | At::RightSurroundDirect => {
            ChannelPosition::Right
        }
        At::CenterSurround => ChannelPosition::BackCentre,
        At::Lfe => ChannelPosition::LowFrequency,
        _ => ChannelPosition::Other,
    }
}
