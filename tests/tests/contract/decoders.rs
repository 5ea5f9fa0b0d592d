//! The contract of `tonearm:decoding/decoder`, tested with every built plugin.

use std::process::Command;

use tonearm_e2e::decoder_plugin::{DecoderPlugin, Pcm, Session, Settings};

/// Runs the same tests on each plugin.
macro_rules! test_decoders {
    ($($plugin:ident)*) => {$(
        mod $plugin {
            use tonearm_e2e::decoder_plugin::DecoderPlugin;
            use tonearm_e2e::paths::wasm;

            test_decoders!(@ $plugin
                the_description_is_constant
                the_plugin_imports_nothing_but_wasi
                a_foreign_codec_is_refused
                real_packets_decode_as_by_ffmpeg
                the_division_among_calls_does_not_change_the_audio
                a_damaged_packet_is_reported_and_the_next_is_decoded
                parallel_sessions_are_independent
                arbitrary_packets_do_not_trap
                memory_does_not_grow_with_the_length
                a_dropped_session_frees_its_memory
            );
        }
    )*};
    (@ $plugin:ident $($test:ident)*) => {$(
        #[test]
        fn $test() {
            super::$test(&mut DecoderPlugin::load(&wasm(stringify!($plugin))));
        }
    )*};
}

test_decoders!(decoder_libavcodec decoder_none);

fn settings(codec: &str) -> Settings {
    Settings {
        codec: codec.to_owned(),
        sample_rate: 48_000,
        channels: 2,
        channel_mask: 3,
        block_bytes: 256,
        bits_per_coded_sample: 4,
        bit_rate: 192_000,
        tag: 0,
        config: Vec::new(),
    }
}

/// Bytes of an AC-3 frame at 48 kHz and 192 kbit/s.
const AC3_FRAME: usize = 768;

/// Two seconds of AC-3, and ffmpeg's decode of them.
fn ac3() -> (Vec<Vec<u8>>, Vec<f32>) {
    let run = |arguments: &[&str]| {
        let output = Command::new("ffmpeg").args(arguments).output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ac3");
    let name = file.to_str().unwrap();
    let sound = "aevalsrc=0.4*sin(2*PI*440*t)|0.3*sin(2*PI*997*t)+0.1*random(0):s=48000:d=2";
    run(&[
        "-v", "error", "-f", "lavfi", "-i", sound, "-b:a", "192k", name,
    ]);
    let decoded = run(&["-v", "error", "-i", name, "-f", "f32le", "-"]);
    let bytes = std::fs::read(&file).unwrap();
    let packets = bytes.chunks(AC3_FRAME).map(<[u8]>::to_vec).collect();
    let (samples, _) = decoded.as_chunks::<4>();
    let samples = samples.iter().map(|&it| f32::from_le_bytes(it)).collect();
    (packets, samples)
}

/// A session of AC-3; `None` where the plugin does not have it.
fn ac3_session(plugin: &mut DecoderPlugin) -> Option<Session> {
    plugin.open(&settings("ac3")).ok()
}

fn samples(decoded: impl IntoIterator<Item = Result<Pcm, String>>) -> Vec<f32> {
    let decoded = decoded.into_iter();
    decoded.flat_map(|pcm| pcm.unwrap().samples).collect()
}

fn the_description_is_constant(plugin: &mut DecoderPlugin) {
    let description = plugin.describe();
    assert!(description.max_packets > 0 && description.max_packet_bytes > 0);
    assert_eq!(description.name.is_empty(), description.codecs.is_empty());
    assert_eq!(plugin.describe(), description);
}

/// Standard libraries import parts of WASI. Any other import would be a capability.
fn the_plugin_imports_nothing_but_wasi(plugin: &mut DecoderPlugin) {
    let surface = plugin.surface();
    for import in &surface.imports {
        assert!(import.starts_with("wasi:"), "{import}");
        for capability in ["wasi:http", "wasi:sockets", "wasi:keyvalue"] {
            assert!(!import.starts_with(capability), "{import}");
        }
    }
    let exports: Vec<_> = surface.exports.iter().collect();
    assert_eq!(exports, ["tonearm:decoding/decoder@0.1.0"]);
}

fn a_foreign_codec_is_refused(plugin: &mut DecoderPlugin) {
    use tonearm_e2e::decoder_plugin::Error;
    let error = plugin.open(&settings("no-such-codec")).err();
    let expected = Error::UnsupportedCodec("no-such-codec".to_owned());
    assert_eq!(error, Some(expected));
}

fn real_packets_decode_as_by_ffmpeg(plugin: &mut DecoderPlugin) {
    let Some(session) = ac3_session(plugin) else {
        return;
    };
    let (packets, expected) = ac3();
    let mut decoded = Vec::new();
    for packets in packets.chunks(plugin.describe().max_packets as usize) {
        decoded.extend(samples(plugin.decode(session, packets)));
    }
    decoded.extend(plugin.flush(session).unwrap().samples);
    assert_eq!(decoded.len(), expected.len());
    let difference = decoded.iter().zip(&expected).map(|(a, b)| (a - b).abs());
    assert!(difference.fold(0.0, f32::max) < 1e-3);
}

fn the_division_among_calls_does_not_change_the_audio(plugin: &mut DecoderPlugin) {
    let Some(session) = ac3_session(plugin) else {
        return;
    };
    let (packets, _) = ac3();
    let packets = &packets[..24];
    let together = samples(plugin.decode(session, packets));
    // A new session, since AC-3's noise continues after a reset.
    let other = ac3_session(plugin).unwrap();
    let mut apart = Vec::new();
    for packets in packets.chunks(5) {
        apart.extend(samples(plugin.decode(other, packets)));
    }
    assert!(together == apart);
}

fn a_damaged_packet_is_reported_and_the_next_is_decoded(plugin: &mut DecoderPlugin) {
    let Some(session) = ac3_session(plugin) else {
        return;
    };
    let (packets, _) = ac3();
    let damaged = [
        packets[0].clone(),
        vec![0x55; AC3_FRAME],
        packets[1].clone(),
    ];
    let decoded = plugin.decode(session, &damaged);
    let shapes: Vec<_> = decoded.iter().map(Result::is_ok).collect();
    assert_eq!(shapes, [true, false, true]);
    let pcm = decoded[2].as_ref().unwrap();
    assert_eq!(
        (pcm.sample_rate, pcm.channels, pcm.channel_mask),
        (48_000, 2, 3)
    );
    assert_eq!(pcm.samples.len(), 2 * 1536);
}

fn parallel_sessions_are_independent(plugin: &mut DecoderPlugin) {
    let Some(first) = ac3_session(plugin) else {
        return;
    };
    let second = ac3_session(plugin).unwrap();
    let (packets, _) = ac3();
    let alone = samples(plugin.decode(first, &packets[..20]));
    let first = ac3_session(plugin).unwrap();
    let mut interleaved = Vec::new();
    for at in 0..20 {
        interleaved.extend(samples(plugin.decode(first, &packets[at..=at])));
        plugin.decode(second, &packets[20 + at..=20 + at]);
    }
    assert!(alone == interleaved);
}

fn arbitrary_packets_do_not_trap(plugin: &mut DecoderPlugin) {
    let mut bits = 1u32;
    let mut byte = || {
        bits ^= bits << 13;
        bits ^= bits >> 17;
        bits ^= bits << 5;
        bits as u8
    };
    for codec in plugin.describe().codecs {
        let Ok(session) = plugin.open(&settings(&codec)) else {
            continue;
        };
        for length in [0, 1, 33, 128, 640, 4096] {
            let packet: Vec<u8> = (0..length).map(|_| byte()).collect();
            assert_eq!(plugin.decode(session, &[packet]).len(), 1, "{codec}");
        }
        while plugin
            .flush(session)
            .is_ok_and(|pcm| !pcm.samples.is_empty())
        {}
        plugin.drop(session);
    }
}

fn memory_does_not_grow_with_the_length(plugin: &mut DecoderPlugin) {
    let Some(session) = ac3_session(plugin) else {
        return;
    };
    let (packets, _) = ac3();
    let mut before = 0;
    for round in 0..40 {
        for packets in packets.chunks(16) {
            plugin.decode(session, packets);
        }
        if round == 5 {
            before = plugin.memory();
        }
    }
    assert_eq!(plugin.memory(), before);
}

fn a_dropped_session_frees_its_memory(plugin: &mut DecoderPlugin) {
    let (packets, _) = ac3();
    let mut run = || {
        if let Some(session) = ac3_session(plugin) {
            plugin.decode(session, &packets[..4]);
            plugin.drop(session);
        }
        plugin.memory()
    };
    let before = (0..5).map(|_| run()).last();
    let after = (0..50).map(|_| run()).last();
    assert_eq!(after, before);
}
