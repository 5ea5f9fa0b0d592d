//! Copies MP3 frames from any container. The reported size is that of the copy.

use std::io::{self, Cursor};
use std::ops::ControlFlow;

use tonearm_media::{Gaps, OpenedFile, Sink, TagOptions, TrackSelector};

use crate::limits;

struct Count(u64);

impl Sink for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }

    fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        assert!(offset + bytes.len() as u64 <= self.0);
        Ok(())
    }
}

pub(crate) fn run(file: &[u8]) {
    let Ok(mut file) = OpenedFile::open(Cursor::new(file.to_vec()), &limits()) else {
        return;
    };
    let mut sink = Count(0);
    let outcome = tonearm_media::remux(
        &mut file,
        &TrackSelector::Default,
        Gaps::Keep,
        &TagOptions::PLAIN,
        &mut sink,
        &mut |_| ControlFlow::Continue(()),
    );
    if let Ok(Some(summary)) = outcome {
        assert_eq!(summary.bytes, sink.0);
    }
}
