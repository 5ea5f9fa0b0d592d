//! Media objects, each of which is a packet of its stream, joined from their parts.

use std::collections::VecDeque;

use tonearm_media_core::Packet;

use super::packet::Payload;
use super::stream::Spread;

/// A media object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) data: Vec<u8>,
    /// Presentation time in milliseconds, if stated.
    pub(super) time: Option<u32>,
}

/// An object whose first parts were read.
#[derive(Debug)]
struct Partial {
    number: u32,
    /// Bytes of the whole object.
    bytes: usize,
    object: Object,
}

/// Joins the objects of one stream.
#[derive(Debug)]
pub(super) struct Objects {
    stream: u8,
    spread: Option<Spread>,
    partial: Option<Partial>,
    ready: VecDeque<Object>,
}

impl Objects {
    pub(super) fn new(stream: u8, spread: Option<Spread>) -> Self {
        Self {
            stream,
            spread,
            partial: None,
            ready: VecDeque::new(),
        }
    }

    /// Adds the payloads of a data packet.
    pub(super) fn add(&mut self, payloads: &[Payload<'_>]) {
        let stream = self.stream;
        let own = payloads.iter().filter(|payload| payload.stream == stream);
        own.for_each(|payload| self.add_payload(payload));
    }

    fn add_payload(&mut self, payload: &Payload<'_>) {
        let offset = usize::try_from(payload.offset).unwrap_or(usize::MAX);
        if offset == 0 {
            let stated = payload.about.map_or(0, |about| about.bytes);
            self.partial = Some(Partial {
                number: payload.object,
                bytes: match usize::try_from(stated).unwrap_or(usize::MAX) {
                    0 => payload.data.len(),
                    bytes => bytes,
                },
                object: Object {
                    data: Vec::new(),
                    time: payload.about.map(|about| about.time),
                },
            });
        }
        let fits = |partial: &Partial| {
            let max = usize::try_from(Packet::MAX_BYTES).unwrap_or(usize::MAX);
            partial.number == payload.object
                && partial.object.data.len() == offset
                && partial.bytes <= max
        };
        // A lost part makes the object useless. The time of the next reveals the gap.
        let Some(mut partial) = self.partial.take().filter(fits) else {
            return;
        };
        partial.object.data.extend_from_slice(payload.data);
        if partial.object.data.len() < partial.bytes {
            self.partial = Some(partial);
            return;
        }
        partial.object.data.truncate(partial.bytes);
        self.push(partial.object);
    }

    fn push(&mut self, mut object: Object) {
        if let Some(spread) = self.spread {
            spread.restore(&mut object.data);
        }
        if !object.data.is_empty() {
            self.ready.push_back(object);
        }
    }

    /// The next whole object.
    pub(super) fn pop(&mut self) -> Option<Object> {
        self.ready.pop_front()
    }

    /// Whether no part of an object is pending.
    pub(super) fn is_empty(&self) -> bool {
        self.partial.is_none() && self.ready.is_empty()
    }

    /// Accepts the incomplete object at the end of a truncated file, once: decoders of several
    /// frames to an object decode those that are whole.
    pub(super) fn finish(&mut self) {
        if let Some(partial) = self.partial.take() {
            self.push(partial.object);
        }
    }

    /// Drops the incomplete object.
    pub(super) fn interrupt(&mut self) {
        self.partial = None;
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        self.partial = None;
        self.ready.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::packet::About;
    use super::*;

    fn part(object: u32, offset: u32, bytes: u32, data: &[u8]) -> Payload<'_> {
        Payload {
            stream: 1,
            object,
            offset,
            about: Some(About { bytes, time: 7 }),
            data,
        }
    }

    fn joined(payloads: &[Payload<'_>]) -> Vec<Vec<u8>> {
        let mut objects = Objects::new(1, None);
        objects.add(payloads);
        std::iter::from_fn(|| objects.pop())
            .map(|object| object.data)
            .collect()
    }

    #[test]
    fn the_parts_of_an_object_are_joined() {
        let other = Payload {
            stream: 2,
            ..part(1, 0, 9, b"video")
        };
        let payloads = [part(1, 0, 6, b"abc"), other, part(1, 3, 6, b"def")];
        assert_eq!(joined(&payloads), [b"abcdef"]);
        let whole = Payload {
            about: None,
            ..part(2, 0, 0, b"whole")
        };
        assert_eq!(joined(&[whole, whole]), [b"whole", b"whole"]);
    }

    #[test]
    fn an_object_with_a_lost_part_is_dropped() {
        let next = part(2, 0, 1, b"x");
        for payloads in [
            [part(1, 0, 9, b"abc"), part(1, 6, 9, b"ghi"), next],
            [part(1, 0, 6, b"abc"), part(3, 3, 6, b"def"), next],
            [part(1, 3, 6, b"def"), part(1, 0, 6, b"abc"), next],
            [part(1, 0, u32::MAX, b"abc"), part(1, 3, 6, b"def"), next],
        ] {
            assert_eq!(joined(&payloads), [b"x"]);
        }
    }

    #[test]
    fn the_last_object_of_a_truncated_file_is_kept() {
        let mut objects = Objects::new(1, None);
        objects.add(&[part(1, 0, 9, b"abc")]);
        assert!(!objects.is_empty());
        objects.finish();
        assert_eq!(objects.pop().unwrap().data, b"abc");
        assert!(objects.is_empty());
    }
}
