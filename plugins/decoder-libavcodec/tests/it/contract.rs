//! The contract of `tonearm:decoding/decoder`, with each implementation linked natively. The
//! built files pass the same rules in `tests/tests/contract`.

use tonearm_decoder_sdk::{Decoder, DecoderError, DecoderSession, Settings};

/// Runs the same tests with each decoder.
macro_rules! test_decoders {
    ($($module:ident: $decoder:expr;)*) => {$(
        mod $module {
            #[test]
            fn the_description_is_constant_and_without_duplicates() {
                super::the_description_is_constant_and_without_duplicates(&$decoder);
            }

            #[test]
            fn a_foreign_codec_is_named() {
                super::a_foreign_codec_is_named(&$decoder);
            }

            #[test]
            fn every_codec_opens_or_says_why_not() {
                super::every_codec_opens_or_says_why_not(&$decoder);
            }

            #[test]
            fn every_packet_has_an_entry_of_the_result() {
                super::every_packet_has_an_entry_of_the_result(&$decoder);
            }

            #[test]
            fn arbitrary_packets_are_decoded_or_damaged() {
                super::arbitrary_packets_are_decoded_or_damaged(&$decoder);
            }
        }
    )*};
}

test_decoders! {
    libavcodec: decoder_libavcodec::Plugin::new();
    none: decoder_none::Plugin::new();
}

fn the_description_is_constant_and_without_duplicates(decoder: &impl Decoder) {
    let description = decoder.describe();
    assert_eq!(description, decoder.describe());
    assert_eq!(description.name.is_empty(), description.codecs.is_empty());
    assert!(description.max_packets > 0 && description.max_packet_bytes > 0);
    let mut codecs = description.codecs.clone();
    codecs.sort();
    codecs.dedup();
    assert_eq!(codecs.len(), description.codecs.len());
}

fn a_foreign_codec_is_named(decoder: &impl Decoder) {
    let settings = Settings {
        codec: "no-such-codec".to_owned(),
        ..Settings::default()
    };
    let error = decoder.open(&settings).err();
    let expected = DecoderError::UnsupportedCodec("no-such-codec".to_owned());
    assert_eq!(error, Some(expected));
}

fn plain(codec: &str) -> Settings {
    Settings {
        codec: codec.to_owned(),
        sample_rate: 48_000,
        channels: 2,
        channel_mask: 3,
        block_bytes: 128,
        bits_per_coded_sample: 4,
        bit_rate: 128_000,
        ..Settings::default()
    }
}

/// Sessions of every codec that opens without a configuration.
fn sessions<D: Decoder>(decoder: &D) -> impl Iterator<Item = (String, D::Session)> {
    let codecs = decoder.describe().codecs.into_iter();
    codecs.filter_map(|codec| Some((codec.clone(), decoder.open(&plain(&codec)).ok()?)))
}

fn every_codec_opens_or_says_why_not(decoder: &impl Decoder) {
    for codec in decoder.describe().codecs {
        match decoder.open(&plain(&codec)) {
            Ok(_) => {}
            Err(DecoderError::BadSettings(reason)) => assert!(reason.contains(&codec), "{reason}"),
            Err(error) => panic!("{codec}: {error}"),
        }
    }
}

fn every_packet_has_an_entry_of_the_result(decoder: &impl Decoder) {
    let description = decoder.describe();
    let too_long = vec![0; description.max_packet_bytes as usize + 1];
    for (codec, mut session) in sessions(decoder) {
        assert_eq!(session.decode(&[]), [], "{codec}");
        let decoded = session.decode(&[Vec::new(), too_long.clone()]);
        assert!(
            decoded.iter().all(Result::is_err) && decoded.len() == 2,
            "{codec}"
        );
        let many = vec![vec![0; 64]; description.max_packets as usize + 1];
        let decoded = session.decode(&many);
        assert_eq!(decoded.len(), many.len(), "{codec}");
        assert!(decoded.last().is_some_and(Result::is_err), "{codec}");
    }
}

fn arbitrary_packets_are_decoded_or_damaged(decoder: &impl Decoder) {
    let mut bits = 1u32;
    let mut byte = || {
        bits ^= bits << 13;
        bits ^= bits >> 17;
        bits ^= bits << 5;
        bits as u8
    };
    for (codec, mut session) in sessions(decoder) {
        for length in [1, 2, 33, 65, 128, 640, 4096] {
            let packet: Vec<u8> = (0..length).map(|_| byte()).collect();
            for pcm in session.decode(&[packet]).into_iter().flatten() {
                let is_whole = pcm
                    .samples
                    .len()
                    .is_multiple_of(usize::from(pcm.channels.max(1)));
                assert!(
                    is_whole && pcm.samples.iter().all(|it| it.is_finite()),
                    "{codec}"
                );
            }
        }
        // The end, twice, and a new stream.
        for _ in 0..2 {
            while session.flush().is_ok_and(|pcm| !pcm.samples.is_empty()) {}
            assert_eq!(
                session.flush().map(|pcm| pcm.samples),
                Ok(Vec::new()),
                "{codec}"
            );
            session.decode(&[vec![0; 128]]);
        }
        session.reset();
    }
}
