//! The end of a stream.

use tonearm_e2e::plugin::{Error, Plugin};

use crate::support::{USUAL, busy, settings, tones};

pub fn the_header_fits_over_the_first_bytes(plugin: &mut Plugin) {
    let longest = plugin.describe().max_block as usize;
    for frames in [0, 1, 1000, 3000, 50_000] {
        let pcm = busy(&USUAL, frames);
        let session = plugin.open(&USUAL).unwrap();
        let mut first = None;
        for block in pcm.chunks(2 * longest.min(1152)) {
            let bytes = plugin.push(session, block).unwrap();
            if !bytes.is_empty() {
                first.get_or_insert(bytes.len());
            }
        }
        let ending = plugin.finish(session).unwrap();
        plugin.drop(session);
        assert_eq!(ending.samples, frames as u64);
        assert!(
            ending.header.len() <= first.unwrap_or(ending.tail.len()),
            "{frames} samples: a header of {} bytes over {first:?}",
            ending.header.len()
        );
    }
}

pub fn an_empty_stream_has_an_ending(plugin: &mut Plugin) {
    for settings in [USUAL, settings(16_000, 1)] {
        let (stream, ending) = plugin.encode(&settings, &[]);
        assert_eq!(ending.samples, 0);
        let session = plugin.open(&settings).unwrap();
        let mut other = plugin.push(session, &[]).unwrap();
        other.extend(plugin.push(session, &[]).unwrap());
        let ending = plugin.finish(session).unwrap();
        other.extend(ending.tail);
        other[..ending.header.len()].copy_from_slice(&ending.header);
        assert_eq!(other, stream);
    }
}

pub fn a_finished_session_refuses_calls(plugin: &mut Plugin) {
    let session = plugin.open(&USUAL).unwrap();
    plugin.push(session, &tones(&USUAL, 1000)).unwrap();
    plugin.finish(session).unwrap();
    assert_eq!(plugin.push(session, &[]), Err(Error::Finished));
    assert_eq!(plugin.push(session, &[0.0; 3]), Err(Error::Finished));
    assert_eq!(plugin.finish(session), Err(Error::Finished));
}
