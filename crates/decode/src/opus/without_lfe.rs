//! 5.1 without its low-frequency channel. The downmix leaves that channel out, and it is a
//! stream of its own, so the stream is taken out of each packet and never decoded.

use tonearm_media_core::{Decoder, Packet, Pcm, Track, Undecodable};

use super::multistream::undelimit;

/// Place of the stream count, the count of coupled streams, and the source of the
/// low-frequency channel in the identification header (RFC 7845, 5.1 and 5.1.1.2).
const STREAMS: usize = 19;
const COUPLED: usize = 20;
const LOW_FREQUENCY: usize = 26;
const FRONT_LEFT: usize = 21;

/// The track of 5.1 without the stream of its low-frequency channel, which becomes a copy of
/// another: libavcodec 59 loses front left where a channel is declared silent. `None` for other layouts, and where that stream is not the last one or is shared.
pub(super) fn track(track: &Track) -> Option<(Track, usize)> {
    let mut track = track.clone();
    let head = &mut track.params.config;
    let is_surround =
        head.starts_with(b"OpusHead") && (head.get(9), head.get(18)) == (Some(&6), Some(&1));
    let (&streams, &coupled) = (head.get(STREAMS)?, head.get(COUPLED)?);
    let (&lfe, others) = head.get(COUPLED + 1..=LOW_FREQUENCY)?.split_last()?;
    let is_own = coupled < streams
        && lfe == streams.checked_add(coupled)?.checked_sub(1)?
        && !others.contains(&lfe);
    if !is_surround || !is_own || streams < 2 {
        return None;
    }
    head[STREAMS] = streams - 1;
    head[LOW_FREQUENCY] = head[FRONT_LEFT];
    Some((track, usize::from(streams) - 1))
}

/// Decodes the packets without their last stream.
pub(super) struct WithoutLfe {
    inner: Box<dyn Decoder>,
    /// Number of streams that stay.
    streams: usize,
    packet: Packet,
    last: Vec<u8>,
}

impl WithoutLfe {
    /// `inner` decodes the first `streams` streams, at least one.
    pub(super) fn new(inner: Box<dyn Decoder>, streams: usize) -> Self {
        Self {
            inner,
            streams,
            packet: Packet::default(),
            last: Vec::new(),
        }
    }
}

impl Decoder for WithoutLfe {
    fn decode(&mut self, packet: &Packet, pcm: &mut Pcm) -> Result<(), Undecodable> {
        let reduced = &mut self.packet.data;
        reduced.clear();
        take_last_out(&packet.data, self.streams, reduced, &mut self.last).ok_or(Undecodable)?;
        self.inner.decode(&self.packet, pcm)
    }

    fn flush(&mut self, pcm: &mut Pcm) -> Result<(), Undecodable> {
        self.inner.flush(pcm)
    }
}

/// Appends the first `streams` streams of a packet to `reduced`, the last of them as an
/// ordinary packet (RFC 6716, appendix B).
fn take_last_out(
    bytes: &[u8],
    streams: usize,
    reduced: &mut Vec<u8>,
    last: &mut Vec<u8>,
) -> Option<()> {
    let mut rest = bytes;
    for _ in 1..streams {
        rest = undelimit(rest, last)?;
    }
    reduced.extend_from_slice(&bytes[..bytes.len() - rest.len()]);
    undelimit(rest, last)?;
    reduced.extend_from_slice(last);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonearm_media_core::{Codec, CodecParams};

    fn head(channels: u8, family: u8, mapping: &[u8]) -> Track {
        let fixed = [1, channels, 0, 0, 0, 0, 0, 0, 0, 0, family];
        let mut params = CodecParams::new(Codec::Opus, 48_000);
        params.config = [b"OpusHead", &fixed[..], mapping].concat();
        Track {
            params,
            ..Track::default()
        }
    }

    #[test]
    fn the_stream_of_the_low_frequency_channel_is_left_out() {
        let (reduced, streams) = track(&head(6, 1, &[4, 2, 0, 4, 1, 2, 3, 5])).unwrap();
        assert_eq!(streams, 3);
        let expected = head(6, 1, &[3, 2, 0, 4, 1, 2, 3, 0]);
        assert_eq!(reduced.params.config, expected.params.config);
    }

    #[test]
    fn other_layouts_stay_whole() {
        for (channels, family, mapping) in [
            (5, 1, &[3, 2, 0, 4, 1, 2, 3][..]),
            (6, 255, &[4, 2, 0, 4, 1, 2, 3, 5]),
            // The channel is not in the last stream, in a coupled one, or in a shared one.
            (6, 1, &[4, 2, 0, 5, 1, 2, 3, 4]),
            (6, 1, &[3, 3, 0, 4, 1, 2, 3, 5]),
            (6, 1, &[4, 2, 0, 5, 1, 2, 3, 5]),
            (6, 1, &[1, 0, 0, 0, 0, 0, 0, 0]),
            (6, 1, &[4, 2, 0]),
            (6, 1, &[255, 255, 0, 4, 1, 2, 3, 5]),
        ] {
            assert!(
                track(&head(channels, family, mapping)).is_none(),
                "{mapping:?}"
            );
        }
    }

    #[test]
    fn the_last_stream_that_stays_becomes_an_ordinary_packet() {
        let (mut reduced, mut last) = (Vec::new(), Vec::new());
        // Streams of two, one and one byte; the last one is ordinary.
        let packet = [0, 2, 8, 9, 0, 1, 7, 0, 6];
        take_last_out(&packet, 2, &mut reduced, &mut last).unwrap();
        assert_eq!(reduced, [0, 2, 8, 9, 0, 7]);
        reduced.clear();
        assert_eq!(
            take_last_out(&packet[..5], 2, &mut reduced, &mut last),
            None
        );
    }
}
