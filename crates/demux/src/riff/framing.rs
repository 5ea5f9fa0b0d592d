//! How the audio of AVI and WAV is split into packets.

use tonearm_media_core::Codec;

use super::wave_format::WaveFormat;
use tonearm_framing::framer::Framing;

/// The framing of an AVI stream: by the headers of the codec's frames, into blocks of a
/// fixed size, or each chunk is a packet.
pub(crate) fn of_chunks(format: &WaveFormat) -> Framing {
    match format.codec() {
        Ok(Codec::Mp2 | Codec::Mp3) => Framing::Mpeg,
        Ok(Codec::Ac3) => Framing::Ac3,
        Ok(Codec::Dts) => Framing::Dts,
        Ok(Codec::Aac) if format.is_adts() => Framing::Adts,
        Ok(Codec::Aac) if format.is_latm() => Framing::Latm,
        Ok(Codec::Aac) => Framing::Whole { samples: 1024 },
        Ok(codec) if codec.is_built_in() => blocks(format.block()),
        _ => Framing::Whole { samples: 0 },
    }
}

/// The framing of WAV, which has no chunks: each chunk is a packet only where the size of
/// packets is unknown.
pub(crate) fn of_data(format: &WaveFormat) -> Framing {
    match of_chunks(format) {
        Framing::Whole { .. } => blocks(format.packet()),
        framing => framing,
    }
}

fn blocks(block: Option<(u32, u64)>) -> Framing {
    match block {
        Some((bytes, samples)) => Framing::Blocks {
            bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
            samples,
        },
        None => Framing::Whole { samples: 0 },
    }
}
