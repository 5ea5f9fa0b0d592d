//! Packets from the pages of one logical stream.

use std::ops::Range;

use tonearm_media_core::Packet;

use super::page::Page;

/// Joins the segments of pages to packets. Packets that a lost page interrupts are dropped.
#[derive(Default)]
pub(super) struct Packets {
    /// The rest of the previous page, and the current page.
    bytes: Vec<u8>,
    /// Where an unfinished packet begins in `bytes`.
    unfinished: Option<usize>,
    /// The number of the last page.
    sequence: Option<u32>,
    /// Packets that end on the current page, as parts of `bytes`.
    ranges: Vec<Range<usize>>,
    /// Whether the first of them began on an earlier page.
    pub(super) is_first_continued: bool,
}

impl Packets {
    /// Replaces the packets with those that end on this page.
    pub(super) fn push(&mut self, page: &Page) {
        let expected = self.sequence.map(|last| last.wrapping_add(1));
        let unfinished = self.unfinished.take();
        let unfinished =
            unfinished.filter(|_| page.is_continued && expected == Some(page.sequence));
        self.sequence = Some(page.sequence);
        self.is_first_continued = unfinished.is_some();
        self.bytes.drain(..unfinished.unwrap_or(self.bytes.len()));
        self.ranges.clear();
        let mut end = self.bytes.len();
        // Where the current packet begins, unless its begin was lost.
        let mut start = match page.is_continued {
            true => unfinished.map(|_| 0),
            false => Some(end),
        };
        self.bytes.extend_from_slice(&page.body);
        for &length in &page.lacing {
            end += usize::from(length);
            if length < 255 {
                self.ranges.extend(start.map(|start| start..end));
                start = Some(end);
            }
        }
        let is_complete = page.lacing.last().is_none_or(|&length| length < 255);
        self.unfinished = start
            .filter(|_| !is_complete)
            .filter(|start| ((end - start) as u64) <= Packet::MAX_BYTES);
    }

    pub(super) fn count(&self) -> usize {
        self.ranges.len()
    }

    pub(super) fn get(&self, index: usize) -> &[u8] {
        let range = self.ranges.get(index).cloned();
        range.map_or(&[], |range| &self.bytes[range])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(sequence: u32, is_continued: bool, lacing: &[u8]) -> Page {
        let length = lacing.iter().map(|&length| usize::from(length)).sum();
        Page {
            sequence,
            is_continued,
            lacing: lacing.to_vec(),
            body: vec![sequence as u8; length],
            ..Page::default()
        }
    }

    fn lengths(packets: &Packets) -> Vec<usize> {
        (0..packets.count())
            .map(|index| packets.get(index).len())
            .collect()
    }

    #[test]
    fn packets_continue_on_the_next_page_unless_it_is_lost() {
        let mut packets = Packets::default();
        packets.push(&page(0, false, &[3, 0, 255, 0, 255]));
        assert_eq!(lengths(&packets), [3, 0, 255]);
        packets.push(&page(1, true, &[255]));
        assert_eq!(lengths(&packets), []);
        packets.push(&page(2, true, &[1, 2, 255]));
        assert_eq!(lengths(&packets), [511, 2]);
        assert!(packets.is_first_continued);
        assert_eq!(packets.get(0)[510], 2);
        // Page 3 is lost, and with it the unfinished packet of page 2 and the begin of the
        // one that continues on page 4.
        packets.push(&page(4, true, &[255, 7, 9]));
        assert_eq!(lengths(&packets), [9]);
        assert!(!packets.is_first_continued);
        // The page is not marked as continued, so the unfinished packet ends nowhere.
        packets.push(&page(5, false, &[255]));
        packets.push(&page(6, false, &[4]));
        assert_eq!(lengths(&packets), [4]);
    }
}
