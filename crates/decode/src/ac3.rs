//! Adapts `oxideav-ac3`: AC-3 and E-AC-3 up to 5.1, and 7.1 in dependent streams.
//!
//! The public decoder of that crate yields 16 bits after a downmix of its own. This adapter
//! calls the functions below it, so `Cargo.toml` pins the exact version.

use tonearm_media_core::{
    ChannelPosition, Decoder, FileError, Packet, Pcm, Result, SampleLayout, Track, Undecodable,
    frame_header::ac3, frame_header::ac3::Header,
};

use oxideav_ac3::audblk::{self, Ac3State};
use oxideav_ac3::eac3::chanmap::ChannelLocation;
use oxideav_ac3::eac3::{self, Eac3DecoderState};
use oxideav_ac3::{bsi, crc, syncinfo};

/// Most frames in one packet.
const MAX_FRAMES: usize = 64;

struct Ac3 {
    ac3: Box<Ac3State>,
    eac3: Box<Eac3DecoderState>,
    /// Whether a frame had a valid checksum. A wrong one then means damage; before, it may
    /// come from an encoder that writes none.
    has_checksums: bool,
    scratch: Vec<f32>,
}

/// Supported sample rates. Movies and broadcasts use the first. At 44.1 kHz and at the half
/// rates of E-AC-3, `oxideav-ac3` 0.0.11 yields noise, since three entries of its table of
/// hearing thresholds are wrong.
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
        ac3: Box::new(Ac3State::new()),
        eac3: Box::default(),
        has_checksums: false,
        scratch: Vec::new(),
    }))
}

impl Decoder for Ac3 {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        pcm.clear(SampleLayout::Interleaved);
        let mut rest = packet.data.as_slice();
        for _ in 0..MAX_FRAMES {
            let Some(unit) = next_unit(rest)? else { break };
            let (bytes, after) = rest.split_at(unit.length);
            rest = after;
            self.decode_unit(&unit.first, bytes, pcm)?;
        }
        let has_audio = rest.len() < packet.data.len();
        match has_audio && pcm.samples.iter().all(|sample| sample.is_finite()) {
            true => Ok(()),
            false => Err(Undecodable),
        }
    }
}

/// A frame and, in E-AC-3, its dependent frames.
struct Unit {
    first: Header,
    length: usize,
}

/// The unit at the start of `bytes`; `None` at the zero padding of some containers.
fn next_unit(bytes: &[u8]) -> Result<Option<Unit>, Undecodable> {
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
    fn decode_unit(
        &mut self,
        first: &Header,
        bytes: &[u8],
        pcm: &mut Pcm,
    ) -> Result<(), Undecodable> {
        if first.is_dependent || first.program != 0 {
            return Ok(());
        }
        if !RATES.contains(&first.sample_rate) {
            return Err(Undecodable);
        }
        let core = bytes.get(..first.length).ok_or(Undecodable)?;
        let is_valid = if first.is_enhanced {
            crc::verify_eac3_syncframe(core, core.len()).crc2_ok == Some(true)
        } else {
            crc::verify_ac3_syncframe(core, core.len()).crc2_ok == Some(true)
        };
        if self.has_checksums && !is_valid {
            return Err(Undecodable);
        }
        self.has_checksums |= is_valid;
        let mut positions = positions(first);
        let rate = if first.is_enhanced {
            let zero_filled = self.eac3.frames_zero_filled;
            let outcome = eac3::decode_eac3_packet(&mut self.eac3, bytes);
            let frame = outcome.map_err(|_| Undecodable)?;
            if self.eac3.frames_zero_filled != zero_filled {
                return Err(Undecodable);
            }
            positions.extend(frame.dep_locations.iter().map(location_position));
            positions.resize(usize::from(frame.channels), ChannelPosition::Other);
            self.scratch.clear();
            self.scratch.extend_from_slice(self.eac3.indep_pcm_f32());
            frame.sample_rate
        } else {
            let info = syncinfo::parse(core).map_err(|_| Undecodable)?;
            let bsi = core.get(5..).unwrap_or_default();
            let bsi = bsi::parse(bsi).map_err(|_| Undecodable)?;
            positions.resize(usize::from(bsi.nchans), ChannelPosition::Other);
            let length = usize::try_from(first.samples).unwrap_or(0) * positions.len();
            self.scratch.clear();
            self.scratch.resize(length, 0.0);
            audblk::decode_frame(&mut self.ac3, &info, &bsi, core, &mut self.scratch)
                .map_err(|_| Undecodable)?;
            first.sample_rate
        };
        // All audio of a packet must have one format; units with another are dropped.
        if !pcm.samples.is_empty() && (pcm.rate != rate || pcm.positions != positions) {
            return Ok(());
        }
        (pcm.rate, pcm.positions) = (rate, positions);
        pcm.samples.extend_from_slice(&self.scratch);
        Ok(())
    }
}

/// Channel positions in stream order (ETSI TS 102 366, table 4.3).
fn positions(header: &Header) -> Vec<ChannelPosition> {
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
        // Stereo, or two mono programs.
        _ => &[FrontLeft, FrontRight],
    };
    let low = header.has_lfe.then_some(LowFrequency);
    full.iter().copied().chain(low).collect()
}

fn location_position(location: &ChannelLocation) -> ChannelPosition {
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
