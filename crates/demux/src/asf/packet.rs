//! Data packets (Advanced Systems Format specification, section 5.2).

use crate::byte_cursor::ByteCursor;

/// A part of a media object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payload<'p> {
    /// The stream's number.
    pub(super) stream: u8,
    /// The object's number, which wraps.
    pub(super) object: u32,
    /// Where in the object the part begins, in bytes.
    pub(super) offset: u32,
    /// What the packet states about the whole object.
    pub(super) about: Option<About>,
    pub(super) data: &'p [u8],
}

/// Properties of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct About {
    /// Its size in bytes.
    pub(super) bytes: u32,
    /// Its presentation time in milliseconds.
    pub(super) time: u32,
}

/// The payloads of a packet; `None` if it is invalid. `size` is the size of all packets in
/// bytes; `packet` is shorter where the file was cut off, and then so is the last payload.
pub(super) fn payloads(packet: &[u8], size: usize) -> Option<Vec<Payload<'_>>> {
    let mut cursor = ByteCursor::new(packet);
    let mut flags = cursor.u8()?;
    if flags & 0x80 != 0 {
        // Error correction data, of which only this kind is defined.
        if flags & 0x70 != 0 {
            return None;
        }
        cursor.take((flags & 15).into())?;
        flags = cursor.u8()?;
    }
    let lengths = cursor.u8()?;
    // A stream's number always has one byte.
    if flags & 0x80 != 0 || lengths >> 6 != 1 {
        return None;
    }
    let stated = number(&mut cursor, flags >> 5)?;
    let _sequence = number(&mut cursor, flags >> 1)?;
    let padding = number(&mut cursor, flags >> 3)?;
    let (_send_time, _duration) = (cursor.le32()?, cursor.le16()?);
    let stated = match flags >> 5 & 3 {
        0 => size,
        _ => usize::try_from(stated).ok()?,
    };
    let header = packet.len() - cursor.rest().len();
    let padding = usize::try_from(padding).ok()?;
    let end = stated.checked_sub(padding)?;
    if stated > size || end < header {
        return None;
    }
    let mut body = Body {
        rest: ByteCursor::new(packet.get(header..end.min(packet.len()))?),
        is_cut: packet.len() < end,
        lengths,
        payloads: Vec::new(),
    };
    if flags & 1 == 0 {
        body.read(None)?;
        return Some(body.payloads);
    }
    let count = body.rest.u8()?;
    for _ in 0..count & 63 {
        if body.is_cut && body.rest.rest().is_empty() {
            break;
        }
        body.read(Some(count >> 6))?;
    }
    Some(body.payloads)
}

/// A number whose length in bytes is coded in two bits; 0 if it is absent.
fn number(cursor: &mut ByteCursor<'_>, kind: u8) -> Option<u32> {
    match kind & 3 {
        0 => Some(0),
        1 => cursor.u8().map(u32::from),
        2 => cursor.le16().map(u32::from),
        _ => cursor.le32(),
    }
}

struct Body<'p> {
    rest: ByteCursor<'p>,
    /// The file ends within the packet.
    is_cut: bool,
    /// How long the numbers of payloads are.
    lengths: u8,
    payloads: Vec<Payload<'p>>,
}

impl<'p> Body<'p> {
    /// Reads a payload. `length_kind` codes the length of its length, which a single
    /// payload lacks.
    fn read(&mut self, length_kind: Option<u8>) -> Option<()> {
        let cursor = &mut self.rest;
        let stream = cursor.u8()? & 0x7f;
        let object = number(cursor, self.lengths >> 4)?;
        let offset = number(cursor, self.lengths >> 2)?;
        let replicated = number(cursor, self.lengths)?;
        let mut replicated = ByteCursor::new(cursor.take(usize::try_from(replicated).ok()?)?);
        let length = match length_kind {
            Some(kind) => usize::try_from(number(cursor, kind)?).ok()?,
            None => cursor.rest().len(),
        };
        let length = match self.is_cut {
            true => length.min(cursor.rest().len()),
            false => length,
        };
        let data = cursor.take(length)?;
        let mut payload = Payload {
            stream,
            object,
            offset,
            about: None,
            data,
        };
        match replicated.rest().len() {
            0 => self.payloads.push(payload),
            1 => self.read_compressed(payload, replicated.u8()?)?,
            2..8 => return None,
            _ => {
                let (bytes, time) = (replicated.le32()?, replicated.le32()?);
                payload.about = Some(About { bytes, time });
                self.payloads.push(payload);
            }
        }
        Some(())
    }

    /// Splits a payload of several whole objects. Its offset is the time of the first, and
    /// `delta` the milliseconds between two.
    fn read_compressed(&mut self, payload: Payload<'p>, delta: u8) -> Option<()> {
        let mut rest = ByteCursor::new(payload.data);
        let mut time = payload.offset;
        let mut object = payload.object;
        while let Some(length) = rest.u8() {
            let data = match self.is_cut && rest.rest().len() < length.into() {
                true => rest.take(rest.rest().len())?,
                false => rest.take(length.into())?,
            };
            let bytes = u32::from(length);
            self.payloads.push(Payload {
                object,
                offset: 0,
                about: Some(About { bytes, time }),
                data,
                ..payload
            });
            time = time.wrapping_add(delta.into());
            object = object.wrapping_add(1);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(bytes: u32, time: u32) -> Option<About> {
        Some(About { bytes, time })
    }

    #[test]
    fn a_single_payload_extends_to_the_padding() {
        let mut packet = vec![0x82, 0, 0, 0x08, 0x5d, 2];
        packet.extend([1, 0, 0, 0, 5, 0]);
        // Stream 1, key frame; object 7, offset 3, replicated data.
        packet.extend([0x81, 7, 3, 0, 0, 0, 8, 20, 0, 0, 0, 0xe8, 3, 0, 0]);
        packet.extend(b"dataPP");
        let found = payloads(&packet, packet.len()).unwrap();
        assert_eq!(
            found,
            [Payload {
                stream: 1,
                object: 7,
                offset: 3,
                about: about(20, 1000),
                data: b"data",
            }]
        );
        // The file ends within the packet.
        let cut = &packet[..packet.len() - 4];
        let found = payloads(cut, packet.len()).unwrap();
        assert_eq!(found.last().unwrap().data, b"da");
        assert_eq!(
            payloads(&packet, packet.len() + 1).unwrap()[0].data,
            b"dataP"
        );
        assert!(payloads(&packet[..6], packet.len()).is_none());
    }

    #[test]
    fn several_payloads_have_lengths() {
        let mut packet = vec![0x01, 0x5d];
        packet.extend([1, 0, 0, 0, 5, 0, 0x82]);
        packet.extend([2, 0, 0, 0, 0, 0, 0, 3, 0, b'a', b'b', b'c']);
        packet.extend([1, 1, 9, 0, 0, 0, 1, 40, 5, 0, 1, b'd', 2, b'e', b'f']);
        let found = payloads(&packet, packet.len()).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|payload| (payload.stream, payload.about, payload.data))
            .collect();
        assert_eq!(
            found,
            [
                (2, None, &b"abc"[..]),
                (1, about(1, 9), b"d"),
                (1, about(2, 49), b"ef"),
            ]
        );
    }

    #[test]
    fn other_bytes_are_no_packet() {
        for bytes in [
            &[0; 64][..],
            &[0xff; 64],
            b"\x92\0\0\x08\x5d\0 opaque data is not defined",
            b"\x33\x00\x00\x08 nor are numbers of streams of two bytes",
        ] {
            assert_eq!(payloads(bytes, bytes.len()), None, "{bytes:?}");
        }
    }
}
