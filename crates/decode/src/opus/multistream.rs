//! Packets of several Opus streams (RFC 7845, 3; RFC 6716, appendix B).

use tonearm_media_core::Undecodable;

use opus_pure::OpusDecoder;

/// Most streams. Their decoders hold tens of kilobytes each.
const MAX_STREAMS: usize = 64;

/// Decodes all streams of a packet and maps their channels to those of the output.
pub(super) struct Multistream {
    decoders: Vec<OpusDecoder>,
    /// The first streams are stereo.
    coupled: usize,
    /// For each channel of the output, the decoded channel; others than those are silent.
    mapping: Vec<u8>,
    /// A packet of one stream, in the form that a decoder takes.
    packet: Vec<u8>,
    stream: Vec<f32>,
}

impl Multistream {
    /// Opens a decoder for `channels` channels by the channel mapping table: number of
    /// streams, number of coupled streams, and the source of each channel.
    pub(super) fn new(rate: i32, channels: usize, table: &[u8]) -> Option<Self> {
        let (&[streams, coupled], mapping) = table.split_first_chunk()?;
        let (streams, coupled) = (usize::from(streams), usize::from(coupled));
        if streams == 0 || streams > MAX_STREAMS || coupled > streams {
            return None;
        }
        let decoders = (0..streams).map(|stream| {
            let channels = if stream < coupled { 2 } else { 1 };
            OpusDecoder::new(rate, channels)
        });
        Some(Self {
            decoders: decoders.collect::<Result<_, _>>().ok()?,
            coupled,
            mapping: mapping.get(..channels)?.to_vec(),
            packet: Vec::new(),
            stream: Vec::new(),
        })
    }

    /// Fills `output`, interleaved, with at most `capacity` samples per channel, and
    /// returns their number.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        capacity: usize,
        output: &mut [f32],
    ) -> Result<usize, Undecodable> {
        let channels = self.mapping.len();
        output.fill(0.0);
        self.stream.resize(2 * capacity, 0.0);
        let mut rest = packet;
        let mut length = None;
        let last = self.decoders.len() - 1;
        // Index of the stream's first channel among the decoded ones.
        let mut source = 0;
        for (index, decoder) in self.decoders.iter_mut().enumerate() {
            let coded = match index == last {
                true => rest,
                false => {
                    rest = undelimit(rest, &mut self.packet).ok_or(Undecodable)?;
                    self.packet.as_slice()
                }
            };
            let frames = decoder
                .decode(coded, capacity, &mut self.stream)
                .map_err(|_| Undecodable)?;
            if *length.get_or_insert(frames) != frames {
                return Err(Undecodable);
            }
            let count = if index < self.coupled { 2 } else { 1 };
            for (channel, &wanted) in self.mapping.iter().enumerate() {
                let Some(own) = usize::from(wanted).checked_sub(source) else {
                    continue;
                };
                if own < count {
                    let outputs = output.iter_mut().skip(channel).step_by(channels);
                    let decoded = self.stream.iter().skip(own).step_by(count);
                    for (output, &sample) in outputs.zip(decoded).take(frames) {
                        *output = sample;
                    }
                }
            }
            source += count;
        }
        length.ok_or(Undecodable)
    }
}

/// Converts the self-delimited packet at the start of `bytes` to an ordinary one, and
/// returns the bytes after it.
pub(super) fn undelimit<'a>(bytes: &'a [u8], packet: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&first, rest) = bytes.split_first()?;
    packet.clear();
    packet.push(first);
    let (body, rest) = match first & 3 {
        0 => {
            let (length, rest) = take_length(rest)?;
            rest.split_at_checked(length)?
        }
        1 => {
            let (length, rest) = take_length(rest)?;
            rest.split_at_checked(2 * length)?
        }
        2 => {
            let (length, after) = take_length(rest)?;
            packet.extend_from_slice(&rest[..rest.len() - after.len()]);
            let (second, after) = take_length(after)?;
            after.split_at_checked(length + second)?
        }
        _ => {
            let (&shape, mut rest) = rest.split_first()?;
            packet.push(shape);
            let mut padding = 0;
            let mut is_more = shape & 0x40 != 0;
            while is_more {
                let (&length, after) = rest.split_first()?;
                packet.push(length);
                rest = after;
                padding += usize::from(length.min(254));
                is_more = length == 255;
            }
            let count = usize::from(shape & 63);
            let mut total = padding;
            if shape & 0x80 == 0 {
                let (length, after) = take_length(rest)?;
                rest = after;
                total += count * length;
            } else {
                for index in 0..count {
                    let (length, after) = take_length(rest)?;
                    // An ordinary packet leaves out the length of its last frame.
                    if index + 1 < count {
                        packet.extend_from_slice(&rest[..rest.len() - after.len()]);
                    }
                    rest = after;
                    total += length;
                }
            }
            rest.split_at_checked(total)?
        }
    };
    packet.extend_from_slice(body);
    Some(rest)
}

/// The length of a frame in one or two bytes (RFC 6716, 3.2.1).
fn take_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 252 {
        return Some((first.into(), rest));
    }
    let (&second, rest) = rest.split_first()?;
    Some((usize::from(first) + 4 * usize::from(second), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordinary(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut packet = Vec::new();
        let rest = undelimit(bytes, &mut packet)?;
        Some((packet, rest.to_vec()))
    }

    #[test]
    fn self_delimited_packets_lose_the_length_of_their_last_frame() {
        let cases: [(&[u8], &[u8]); 5] = [
            (&[0, 2, 8, 9, 77], &[0, 8, 9]),
            (&[1, 1, 8, 9, 77], &[1, 8, 9]),
            (&[2, 1, 2, 7, 8, 9, 77], &[2, 1, 7, 8, 9]),
            // Two frames of one byte, and two bytes of padding.
            (&[3, 0x42, 2, 1, 8, 9, 0, 0, 77], &[3, 0x42, 2, 8, 9, 0, 0]),
            // Frames of one and two bytes.
            (&[3, 0x82, 1, 2, 7, 8, 9, 77], &[3, 0x82, 1, 7, 8, 9]),
        ];
        for (delimited, expected) in cases {
            let (packet, rest) = ordinary(delimited).unwrap();
            assert_eq!((packet.as_slice(), rest.as_slice()), (expected, &[77][..]));
            for length in 0..delimited.len() - 1 {
                assert_eq!(ordinary(&delimited[..length]), None);
            }
        }
    }

    #[test]
    fn lengths_from_252_on_have_two_bytes() {
        let mut bytes = vec![0, 253, 2];
        bytes.resize(3 + 261, 5);
        let (packet, rest) = ordinary(&bytes).unwrap();
        assert_eq!((packet.len(), rest.len()), (262, 0));
    }

    #[test]
    fn invalid_tables_are_refused() {
        let open = |table: &[u8]| Multistream::new(48_000, 2, table).is_some();
        assert!(open(&[2, 0, 0, 1]));
        assert!(open(&[1, 1, 1, 255]));
        for table in [
            &[][..],
            &[1],
            &[0, 0, 0, 1],
            &[1, 2, 0, 1],
            &[1, 0, 0],
            &[65, 0, 0, 1],
        ] {
            assert!(!open(table), "{table:?}");
        }
    }
}
