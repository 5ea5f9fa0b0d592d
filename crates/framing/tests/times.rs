//! The times of frames after a loss.

#![allow(
    clippy::unwrap_used,
    reason = "test helpers fail by panicking, as tests do"
)]

use std::collections::VecDeque;

use tonearm_framing::framer::{Framer, Framing};
use tonearm_framing::stream::{ElementarySource, FramedDemuxer};
use tonearm_media_core::{Packet, ReadStep, Result, Track};

/// Nanoseconds of a frame: 1152 samples at 48 kHz.
const FRAME: i64 = 24_000_000;

/// What a container contains next.
#[derive(Clone)]
enum Part {
    /// Frames, of which the first has the time of the frame with this number.
    Timed(i64, usize),
    Untimed(usize),
    Loss,
}

#[derive(Clone)]
struct Source {
    all: Vec<Part>,
    left: VecDeque<Part>,
}

fn frames(count: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x94, 0x64];
    frame.resize(384, 7);
    frame.repeat(count)
}

impl ElementarySource for Source {
    fn read_more(&mut self, framer: &mut Framer) -> Result<bool> {
        match self.left.pop_front() {
            None => return Ok(false),
            Some(Part::Loss) => framer.discontinuity(),
            Some(Part::Untimed(count)) => framer.push(&frames(count)),
            Some(Part::Timed(number, count)) => {
                framer.set_time(number * FRAME);
                framer.push(&frames(count));
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) {
        self.left = self.all.clone().into();
    }

    fn progress(&self) -> (u64, u64) {
        (0, 1)
    }
}

/// The times of all packets, in frames.
fn times(parts: &[Part]) -> Vec<Option<i64>> {
    let source = Source {
        all: parts.to_vec(),
        left: parts.to_vec().into(),
    };
    let mut demuxer = FramedDemuxer::open(source, Framing::Mpeg, Track::default()).unwrap();
    let mut packet = Packet::default();
    let mut times = Vec::new();
    loop {
        match demuxer.next(&mut packet).unwrap() {
            ReadStep::Packet => {
                assert_eq!((packet.data.len(), packet.ticks), (384, 1152));
                times.push(packet.time.map(|time| time / FRAME));
            }
            ReadStep::End => return times,
            _ => {}
        }
    }
}

#[test]
fn frames_after_a_loss_end_where_the_next_time_begins() {
    use Part::{Loss, Timed, Untimed};
    let whole = [Timed(0, 4), Timed(4, 4)];
    let none = None;
    assert_eq!(
        times(&whole),
        [Some(0), none, none, none, Some(4), none, none, none]
    );
    // Three frames are lost.
    let lost = [Timed(0, 4), Loss, Untimed(2), Timed(9, 3)];
    assert_eq!(
        times(&lost),
        [
            Some(0),
            none,
            none,
            none,
            Some(7),
            none,
            Some(9),
            none,
            none
        ]
    );
    // Nothing follows.
    let end = [Timed(0, 4), Loss, Untimed(3)];
    assert_eq!(times(&end), [Some(0), none, none, none, none, none, none]);
    // A time that contradicts the frames before the loss moves nothing.
    let wrong = [Timed(0, 4), Loss, Untimed(3), Timed(5, 2)];
    assert_eq!(
        times(&wrong),
        [Some(0), none, none, none, none, none, none, Some(5), none]
    );
}
