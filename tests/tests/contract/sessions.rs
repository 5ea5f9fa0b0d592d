//! Parallel sessions, long sessions, and their memory.

use tonearm_e2e::plugin::{Plugin, RateControl, Settings};

use crate::support::{USUAL, busy, settings};

pub fn parallel_sessions_are_independent(plugin: &mut Plugin) {
    let longest = plugin.describe().max_block as usize;
    let all = [USUAL, settings(22_050, 1), settings(48_000, 2)];
    let sources = all.map(|settings| busy(&settings, 40_000));
    let expected = [0, 1, 2].map(|n| plugin.encode(&all[n], &sources[n]).0);

    let sessions = all.map(|settings| plugin.open(&settings).unwrap());
    let mut streams = [Vec::new(), Vec::new(), Vec::new()];
    for number in 0..40_000usize.div_ceil(longest) {
        for n in 0..3 {
            let block = longest * usize::from(all[n].format.channels);
            if let Some(block) = sources[n].chunks(block).nth(number) {
                streams[n].extend(plugin.push(sessions[n], block).unwrap());
            }
        }
    }
    for n in 0..3 {
        let ending = plugin.finish(sessions[n]).unwrap();
        streams[n].extend(&ending.tail);
        streams[n][..ending.header.len()].copy_from_slice(&ending.header);
    }
    assert!(streams == expected);
}

pub fn memory_does_not_grow_with_the_length(plugin: &mut Plugin) {
    let description = plugin.describe();
    let mut controls = vec![RateControl::Quality(2)];
    if description.media_type == "audio/mpeg" {
        controls.extend([128, 320].map(RateControl::Bitrate));
    }
    for rate_control in controls {
        let settings = Settings {
            rate_control,
            ..USUAL
        };
        let second = busy(&settings, 44_100);
        let session = plugin.open(&settings).unwrap();
        let mut before = 0;
        for n in 0..30 {
            for block in second.chunks(description.max_block as usize * 2) {
                plugin.push(session, block).unwrap();
            }
            if n == 8 {
                before = plugin.memory();
            }
        }
        assert_eq!(plugin.memory(), before, "{rate_control:?}");
        plugin.finish(session).unwrap();
        plugin.drop(session);
    }
}

pub fn a_dropped_session_frees_its_memory(plugin: &mut Plugin) {
    let pcm = busy(&USUAL, 5000);
    let run = |plugin: &mut Plugin| {
        let session = plugin.open(&USUAL).unwrap();
        plugin.push(session, &pcm).unwrap();
        // Without `finish`, as when a conversion is stopped.
        plugin.drop(session);
    };
    for _ in 0..5 {
        run(plugin);
    }
    let before = plugin.memory();
    for _ in 0..50 {
        run(plugin);
    }
    assert_eq!(plugin.memory(), before);
}
