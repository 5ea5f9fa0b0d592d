//! The orders in which RealAudio stores packets, so that a lost data packet costs several
//! short gaps and not a long one. A block consists of rows, each of which is a data packet.

use std::collections::VecDeque;

use super::sipr;

/// Largest block in bytes; files have some kilobytes.
const MAX_BLOCK: usize = 1 << 20;

/// The order of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// A row is a packet.
    None,
    /// `Int4`: row y has the packets y, y + 2 · rows / 2, …
    Int4 { frame_bytes: usize },
    /// `genr`: the even rows come first.
    Generic { packet_bytes: usize },
    /// `sipr`: groups of bits change places within the block.
    Sipr { flavor: u16 },
    /// `vbrs`, `vbrf`: a row has several packets, whose lengths come first.
    Lengths,
}

/// Restores the order of packets.
#[derive(Clone, Debug)]
pub(crate) struct Interleaver {
    order: Order,
    rows: usize,
    row_bytes: usize,
    block: Vec<u8>,
    /// Rows of the block that were read.
    row: usize,
    /// Time of the block in milliseconds.
    time: Option<u32>,
    ready: VecDeque<Packet>,
}

/// A packet, and its time in milliseconds if it is the first of a block.
pub(crate) type Packet = (Vec<u8>, Option<u32>);

impl Interleaver {
    /// `None` if the sizes contradict each other.
    pub(super) fn new(order: Order, rows: usize, row_bytes: usize) -> Option<Self> {
        let bytes = rows * row_bytes;
        let is_block = rows > 0 && row_bytes > 0 && bytes <= MAX_BLOCK;
        let is_valid = match order {
            Order::None | Order::Lengths => true,
            Order::Int4 { frame_bytes } => {
                is_block && rows > 1 && frame_bytes.checked_mul(rows) == Some(2 * row_bytes)
            }
            Order::Generic { packet_bytes } => {
                is_block && packet_bytes > 0 && row_bytes.is_multiple_of(packet_bytes)
            }
            Order::Sipr { flavor } => is_block && sipr::packet_bytes(flavor).is_some(),
        };
        is_valid.then(|| Self {
            order,
            rows,
            row_bytes,
            block: Vec::new(),
            row: 0,
            time: None,
            ready: VecDeque::new(),
        })
    }

    /// Bytes of every packet, if they are equal.
    pub(super) fn packet_bytes(&self) -> Option<usize> {
        match self.order {
            Order::None | Order::Lengths => None,
            Order::Int4 { frame_bytes } => Some(frame_bytes),
            Order::Generic { packet_bytes } => Some(packet_bytes),
            Order::Sipr { flavor } => sipr::packet_bytes(flavor),
        }
    }

    /// Bytes of every row, where a row is not a packet.
    pub(super) fn row_bytes(&self) -> Option<usize> {
        self.packet_bytes().map(|_| self.row_bytes)
    }

    /// Adds a data packet. `is_first` states that it begins a block.
    pub(crate) fn add(&mut self, data: &[u8], time: Option<u32>, is_first: bool) {
        match self.order {
            Order::None => self.ready.push_back((data.to_vec(), time)),
            Order::Lengths => self.add_lengths(data, time),
            _ => self.add_row(data, time, is_first),
        }
    }

    fn add_lengths(&mut self, data: &[u8], time: Option<u32>) {
        let Some((&[_, count], rest)) = data.split_first_chunk() else {
            return;
        };
        let count = usize::from(count >> 4);
        let Some((lengths, mut packets)) = rest.split_at_checked(2 * count) else {
            return;
        };
        let mut time = time;
        for length in lengths.chunks_exact(2) {
            let length = length
                .iter()
                .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
            let Some((packet, rest)) = packets.split_at_checked(length) else {
                return;
            };
            self.ready.push_back((packet.to_vec(), time.take()));
            packets = rest;
        }
    }

    fn add_row(&mut self, data: &[u8], time: Option<u32>, is_first: bool) {
        if is_first {
            self.row = 0;
        }
        let Some(data) = data.get(..self.row_bytes) else {
            // A row that is too short makes the block useless.
            self.row = 0;
            return;
        };
        if self.row == 0 {
            self.time = time;
            self.block.clear();
            self.block.resize(self.rows * self.row_bytes, 0);
        }
        let packet_bytes = self.packet_bytes().unwrap_or(self.row_bytes);
        match self.order {
            Order::Sipr { .. } => self.put(self.row * self.row_bytes, data),
            _ => {
                for (column, part) in data.chunks_exact(packet_bytes).enumerate() {
                    let packet = self.packet_of(column);
                    self.put(packet * packet_bytes, part);
                }
            }
        }
        self.row += 1;
        if self.row == self.rows {
            self.row = 0;
            self.finish(packet_bytes);
        }
    }

    /// The number of the packet that a column of the current row has.
    fn packet_of(&self, column: usize) -> usize {
        match self.order {
            Order::Int4 { .. } => column * self.rows + self.row,
            _ => {
                let odd = if self.row % 2 == 1 {
                    self.rows.div_ceil(2)
                } else {
                    0
                };
                column * self.rows + odd + self.row / 2
            }
        }
    }

    fn put(&mut self, at: usize, part: &[u8]) {
        if let Some(place) = self.block.get_mut(at..at + part.len()) {
            place.copy_from_slice(part);
        }
    }

    fn finish(&mut self, packet_bytes: usize) {
        if matches!(self.order, Order::Sipr { .. }) {
            sipr::restore(&mut self.block);
        }
        let mut time = self.time;
        for packet in self.block.chunks_exact(packet_bytes) {
            self.ready.push_back((packet.to_vec(), time.take()));
        }
        self.block.clear();
    }

    /// The next packet.
    pub(crate) fn pop(&mut self) -> Option<Packet> {
        self.ready.pop_front()
    }

    /// Whether nothing is pending.
    pub(crate) fn is_empty(&self) -> bool {
        self.row == 0 && self.ready.is_empty()
    }

    /// Drops everything.
    pub(crate) fn clear(&mut self) {
        self.row = 0;
        self.ready.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a block of packets, as an encoder stores them.
    fn rows(order: Order, rows: usize, row_bytes: usize, packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut interleaver = Interleaver::new(order, rows, row_bytes).unwrap();
        let columns = packets.len() / rows;
        (0..rows)
            .map(|row| {
                interleaver.row = row;
                (0..columns)
                    .flat_map(|column| packets[interleaver.packet_of(column)].clone())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn packets_are_restored_from_rows() {
        let packets: Vec<Vec<u8>> = (0..36).map(|number| vec![number; 5]).collect();
        for order in [
            Order::Int4 { frame_bytes: 5 },
            Order::Generic { packet_bytes: 5 },
        ] {
            let (count, row_bytes) = match order {
                // Each row has half as many packets as there are rows.
                Order::Int4 { .. } => (8, 20),
                _ => (9, 20),
            };
            let packets = &packets[..count * 4];
            let stored = rows(order, count, row_bytes, packets);
            assert_ne!(stored.concat(), packets.concat());
            let mut interleaver = Interleaver::new(order, count, row_bytes).unwrap();
            for (at, row) in stored.iter().enumerate() {
                assert_eq!(interleaver.pop(), None);
                interleaver.add(row, Some(7 + at as u32), at == 0);
            }
            let found: Vec<Packet> = std::iter::from_fn(|| interleaver.pop()).collect();
            let data: Vec<Vec<u8>> = found.iter().map(|packet| packet.0.clone()).collect();
            assert_eq!(data, packets, "{order:?}");
            assert_eq!((found[0].1, found[1].1), (Some(7), None));
            assert!(interleaver.is_empty());
        }
    }

    /// The orders that ffmpeg 5.1 restores.
    #[test]
    fn the_orders_are_those_of_files() {
        let mut interleaver = Interleaver::new(Order::Generic { packet_bytes: 1 }, 14, 6).unwrap();
        for row in 0..14 {
            let row: Vec<u8> = (row * 6..row * 6 + 6).collect();
            interleaver.add(&row, None, false);
        }
        let order: Vec<u8> = std::iter::from_fn(|| interleaver.pop())
            .flat_map(|packet| packet.0)
            .collect();
        assert_eq!(order[..10], [0, 12, 24, 36, 48, 60, 72, 6, 18, 30]);
        let mut interleaver = Interleaver::new(Order::Int4 { frame_bytes: 1 }, 12, 6).unwrap();
        for row in 0..12 {
            let row: Vec<u8> = (row * 6..row * 6 + 6).collect();
            interleaver.add(&row, None, false);
        }
        let order: Vec<u8> = std::iter::from_fn(|| interleaver.pop())
            .flat_map(|packet| packet.0)
            .collect();
        assert_eq!(order[10..16], [60, 66, 1, 7, 13, 19]);
    }

    #[test]
    fn a_lost_row_costs_its_block_only() {
        let order = Order::Generic { packet_bytes: 2 };
        let mut interleaver = Interleaver::new(order, 3, 2).unwrap();
        interleaver.add(b"aa", Some(1), true);
        interleaver.add(b"bb", Some(2), false);
        for row in [b"cc", b"dd", b"ee"] {
            interleaver.add(row, Some(3), row == b"cc");
        }
        let found: Vec<Packet> = std::iter::from_fn(|| interleaver.pop()).collect();
        assert_eq!(
            found,
            [
                (b"cc".to_vec(), Some(3)),
                (b"ee".to_vec(), None),
                (b"dd".to_vec(), None)
            ]
        );
    }

    #[test]
    fn sizes_that_contradict_each_other_are_refused() {
        for (order, rows, row_bytes) in [
            (Order::Int4 { frame_bytes: 38 }, 12, 227),
            (Order::Int4 { frame_bytes: 38 }, 0, 0),
            (Order::Generic { packet_bytes: 0 }, 14, 564),
            (Order::Generic { packet_bytes: 95 }, 14, 564),
            (Order::Generic { packet_bytes: 1 }, 65_535, 65_535),
            (Order::Sipr { flavor: 4 }, 6, 232),
        ] {
            assert!(Interleaver::new(order, rows, row_bytes).is_none());
        }
    }

    #[test]
    fn a_row_may_have_the_lengths_of_its_packets() {
        let mut interleaver = Interleaver::new(Order::Lengths, 1, 0).unwrap();
        interleaver.add(b"\0\x20\0\x01\0\x02abb", Some(9), true);
        assert_eq!(interleaver.pop(), Some((b"a".to_vec(), Some(9))));
        assert_eq!(interleaver.pop(), Some((b"bb".to_vec(), None)));
        // Lengths beyond the row.
        interleaver.add(b"\0\x20\0\x01\0\x03cdd", None, true);
        assert_eq!(interleaver.pop(), Some((b"c".to_vec(), None)));
        assert_eq!(interleaver.pop(), None);
    }
}
