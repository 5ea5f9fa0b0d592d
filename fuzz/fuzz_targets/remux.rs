//! MP3 of any container, copied frame by frame: no more comes out than there is,
//! beside the tag.

#![no_main]

use std::io::{self, Cursor};
use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use tonearm_media::{Sink, TagOptions, TrackChoice};

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

fuzz_target!(|file: &[u8]| {
    tonearm_fuzz::within_memory(|| {
        let mut sink = Count(0);
        let outcome = tonearm_media::remux(
            Cursor::new(file.to_vec()),
            &tonearm_fuzz::budget(),
            &TrackChoice::Default,
            &TagOptions::PLAIN,
            &mut sink,
            &mut |_| ControlFlow::Continue(()),
        );
        if let Ok(Some(summary)) = outcome {
            assert_eq!(summary.bytes, sink.0);
        }
    });
});
