//! The files: every container and codec that is converted, special cases, and files that
//! cannot be converted.

use tonearm_e2e::media::Tone;

use crate::measure::tones;

/// The table that lists a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Converted,
    Special,
    Refused,
}

impl Group {
    pub const ALL: [Self; 3] = [Self::Converted, Self::Special, Self::Refused];

    pub fn name(self) -> &'static str {
        match self {
            Self::Converted => "converted",
            Self::Special => "special",
            Self::Refused => "refused",
        }
    }
}

/// The audio in a file, and how to compare it with ffmpeg's decode.
#[derive(Clone, Debug)]
pub struct Audio {
    pub rate: u32,
    pub channels: usize,
    pub tones: Vec<Tone>,
    /// ffmpeg's specifier of the track.
    pub map: &'static str,
    /// Samples to drop from the start of ffmpeg's decode: the container marks them as
    /// priming, but ffmpeg keeps them.
    pub drop: usize,
    /// Whether ffmpeg is told to keep a late start and gaps as silence.
    pub is_timed: bool,
    /// Tolerance of the length, in samples.
    pub slack: usize,
    /// Maximum offset, in samples, when aligning both decodes; 0 for no alignment.
    pub search: usize,
}

/// The expected outcome of a conversion.
#[derive(Clone, Debug)]
pub enum Expect {
    Audio(Audio),
    /// The code of the error.
    Error(&'static str),
}

/// How a generated file is changed.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Change {
    None,
    /// Replaces the first occurrence of a four-character code.
    Rename(&'static [u8; 4], &'static [u8; 4]),
    /// Truncates the file to this percentage.
    Truncate(u8),
    /// Uses these bytes instead of a file by ffmpeg.
    Bytes(&'static [u8]),
    /// Uses these bytes, and then others 160 times, instead of a file by ffmpeg.
    Frames(&'static [u8], &'static [u8]),
    /// HE-AAC, version 1 or 2.
    HeAac(u8),
}

/// A test file.
#[derive(Clone, Debug)]
pub struct Case {
    pub group: Group,
    pub name: &'static str,
    pub container: &'static str,
    pub codec: &'static str,
    /// A remark or a description.
    pub note: &'static str,
    /// Arguments for ffmpeg. Words in capitals stand for a video track (`X264`), a second
    /// audio input (`SINE`) or a late start (`LATE`).
    pub arguments: &'static str,
    pub change: Change,
    pub expect: Expect,
    rate: u32,
    channels: usize,
}

impl Case {
    /// Sample rate in Hz, and channels, of the source.
    pub fn shape(&self) -> (u32, usize) {
        (self.rate, self.channels)
    }

    fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    fn change(mut self, change: Change) -> Self {
        self.change = change;
        self
    }

    fn special(mut self) -> Self {
        self.group = Group::Special;
        self
    }

    fn audio(mut self, change: impl FnOnce(&mut Audio)) -> Self {
        if let Expect::Audio(audio) = &mut self.expect {
            change(audio);
        }
        self
    }

    /// Drops samples from the start of ffmpeg's decode.
    fn drop(self, samples: usize) -> Self {
        self.audio(|audio| audio.drop = samples)
    }

    fn slack(self, samples: usize) -> Self {
        self.audio(|audio| audio.slack = samples)
    }
}

/// Name, container, codec and ffmpeg's arguments.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn converted((name, container, codec, arguments): Row, rate: u32, channels: usize) -> Case {
    Case {
        group: Group::Converted,
        name,
        container,
        codec,
        note: "",
        arguments,
        change: Change::None,
        expect: Expect::Audio(Audio {
            rate,
            channels,
            tones: tones(channels),
            map: "0:a:0",
            drop: 0,
            is_timed: false,
            slack: 0,
            search: 0,
        }),
        rate,
        channels,
    }
}

fn stereo(row: Row) -> Case {
    converted(row, 48_000, 2)
}

fn refused(
    name: &'static str,
    note: &'static str,
    arguments: &'static str,
    code: &'static str,
) -> Case {
    Case {
        group: Group::Refused,
        expect: Expect::Error(code),
        ..stereo((name, "", "", arguments)).note(note)
    }
}

/// Every file.
pub fn all() -> Vec<Case> {
    [
        mp4(),
        matroska(),
        others(),
        older(),
        without_container(),
        pcm(),
        plugin_codecs(),
        special().into_iter().map(Case::special).collect(),
        refusals(),
    ]
    .concat()
}

fn mp4() -> Vec<Case> {
    vec![
        stereo(("end.mp4", "MP4", "AAC-LC", "X264 -c:a aac")).note("`moov` at the end"),
        stereo((
            "front.mp4",
            "MP4",
            "AAC-LC",
            "X264 -c:a aac -movflags +faststart",
        ))
        .note("`moov` in front"),
        stereo(("film.mov", "MOV", "AAC-LC", "X264 -c:a aac")),
        stereo(("old.mov", "MOV", "AAC-LC", "X264 -c:a aac"))
            .change(Change::Rename(b"ftyp", b"wide"))
            .note("without `ftyp`"),
        converted(("mono.m4a", "M4A", "AAC-LC", "-c:a aac"), 44_100, 1),
        converted(("low.m4a", "M4A", "AAC-LC", "-c:a aac"), 16_000, 2),
        converted(
            ("high.m4a", "M4A", "AAC-LC", "-c:a aac -b:a 256k"),
            96_000,
            2,
        ),
        converted(("phone.3gp", "3GP", "AAC-LC", "X264 -c:a aac"), 32_000, 1),
        converted(
            ("surround.mp4", "MP4", "AAC-LC", "X264 -c:a aac -b:a 384k"),
            48_000,
            6,
        ),
        converted(
            (
                "side.mp4",
                "MP4",
                "AAC-LC",
                "X264 -af channelmap=channel_layout=5.1(side) -c:a aac -b:a 384k",
            ),
            48_000,
            6,
        )
        .note("side channels, as ffmpeg writes them from AC-3"),
        stereo((
            "fragments.mp4",
            "MP4, fragmented",
            "AAC-LC",
            "X264 -c:a aac -movflags +frag_keyframe+empty_moov",
        ))
        .note("empty `moov`"),
        stereo((
            "cmaf.mp4",
            "MP4, fragmented",
            "AAC-LC",
            "X264 -c:a aac -movflags +cmaf -frag_duration 500000",
        ))
        .note("CMAF"),
        stereo((
            "dash.mp4",
            "MP4, fragmented",
            "AAC-LC",
            "X264 -c:a aac -movflags +dash+delay_moov+frag_keyframe+global_sidx",
        ))
        .drop(1024)
        .note("DASH; ffmpeg plays the 1024 samples that the edit list leaves out"),
        stereo(("alac.m4a", "M4A", "ALAC", "-c:a alac")),
        stereo(("flac.mp4", "MP4", "FLAC", "-c:a flac -strict -2")),
        stereo(("mp3.mp4", "MP4", "MP3", "X264 -c:a libmp3lame -q:a 0")),
        stereo(("mp2.mp4", "MP4", "MP2", "-c:a mp2 -b:a 384k")),
        stereo(("opus.mp4", "MP4", "Opus", "-c:a libopus -b:a 256k")),
        stereo(("vorbis.mp4", "MP4", "Vorbis", "-c:a libvorbis -q:a 8")),
        stereo(("ac3.mp4", "MP4", "AC-3", "-c:a ac3 -b:a 448k")),
        stereo(("eac3.mp4", "MP4", "E-AC-3", "-c:a eac3 -b:a 448k")),
        he_aac(("he.m4a", "M4A", "HE-AAC v1", ""), 1),
        he_aac(("he2.m4a", "M4A", "HE-AAC v2", ""), 2),
    ]
}

fn he_aac(row: Row, version: u8) -> Case {
    stereo(row)
        .change(Change::HeAac(version))
        .audio(|audio| (audio.search, audio.slack) = (4096, 4096))
        .note("ffmpeg counts the delay of SBR differently")
}

fn matroska() -> Vec<Case> {
    vec![
        stereo(("aac.mkv", "MKV", "AAC-LC", "X264 -c:a aac")),
        converted(
            ("surround-aac.mkv", "MKV", "AAC-LC", "-c:a aac -b:a 384k"),
            48_000,
            6,
        ),
        stereo(("mp3.mkv", "MKV", "MP3", "X264 -c:a libmp3lame -q:a 0"))
            .drop(1105)
            .note("ffmpeg plays the delays of encoder and decoder"),
        stereo(("mp2.mkv", "MKV", "MP2", "X264 -c:a mp2 -b:a 384k")),
        stereo(("flac.mkv", "MKV", "FLAC", "X264 -c:a flac")),
        stereo(("alac.mkv", "MKV", "ALAC", "-c:a alac")),
        stereo((
            "pcm.mkv",
            "MKV",
            "PCM, 24 bits, big-endian",
            "-c:a pcm_s24be",
        )),
        converted(
            ("ac3.mkv", "MKV", "AC-3", "X264 -c:a ac3 -b:a 640k"),
            48_000,
            6,
        ),
        converted(
            ("eac3.mkv", "MKV", "E-AC-3", "X264 -c:a eac3 -b:a 640k"),
            48_000,
            6,
        ),
        converted(
            ("vorbis.mkv", "MKV", "Vorbis", "-c:a libvorbis -q:a 8"),
            48_000,
            6,
        ),
        converted(
            (
                "opus.mkv",
                "MKV",
                "Opus",
                "-c:a libopus -mapping_family 1 -b:a 512k",
            ),
            48_000,
            6,
        ),
        stereo(("vorbis.webm", "WebM", "Vorbis", "VP8 -c:a libvorbis -q:a 8")),
        stereo(("opus.webm", "WebM", "Opus", "VP8 -c:a libopus -b:a 256k")),
        converted(
            ("mono.webm", "WebM", "Opus", "-c:a libopus -b:a 128k"),
            48_000,
            1,
        ),
        stereo((
            "live.webm",
            "WebM",
            "Opus",
            "VP8 -c:a libopus -b:a 256k -live 1",
        ))
        .note("clusters of unknown length"),
    ]
}

fn others() -> Vec<Case> {
    vec![
        converted(
            ("mp3.avi", "AVI", "MP3", "X264 -c:a libmp3lame -q:a 0"),
            44_100,
            2,
        )
        .drop(1105)
        .note("ffmpeg plays the delays of encoder and decoder"),
        stereo(("ac3.avi", "AVI", "AC-3", "X264 -c:a ac3 -b:a 448k")),
        stereo(("pcm.avi", "AVI", "PCM, 16 bits", "X264 -c:a pcm_s16le")),
        converted(("aac.flv", "FLV", "AAC-LC", "FLV1 -c:a aac"), 44_100, 2),
        converted(
            ("mp3.flv", "FLV", "MP3", "FLV1 -c:a libmp3lame -q:a 0"),
            44_100,
            2,
        )
        .drop(1105)
        .note("ffmpeg plays the delays of encoder and decoder"),
        stereo(("aac.ts", "MPEG-TS", "AAC-LC", "X264 -c:a aac")),
        converted(
            (
                "side.ts",
                "MPEG-TS",
                "AAC-LC",
                "X264 -af channelmap=channel_layout=5.1(side) -c:a aac -b:a 384k",
            ),
            48_000,
            6,
        )
        .note("channels stated only by the first packet"),
        stereo((
            "latm.ts",
            "MPEG-TS",
            "AAC-LC",
            "X264 -c:a aac -mpegts_flags latm",
        ))
        .note("in LATM"),
        stereo(("mp2.ts", "MPEG-TS", "MP2", "MPEG2 -c:a mp2 -b:a 384k")),
        stereo(("mp3.ts", "MPEG-TS", "MP3", "X264 -c:a libmp3lame -q:a 0")),
        converted(
            ("ac3.ts", "MPEG-TS", "AC-3", "X264 -c:a ac3 -b:a 640k"),
            48_000,
            6,
        ),
        stereo(("opus.ts", "MPEG-TS", "Opus", "-c:a libopus -b:a 256k"))
            .drop(312)
            .note("ffmpeg plays the 312 samples that the stream marks as trimmed"),
        stereo((
            "disc.m2ts",
            "M2TS",
            "AC-3",
            "X264 -c:a ac3 -b:a 448k -mpegts_m2ts_mode 1",
        )),
        stereo((
            "aac.m2ts",
            "M2TS",
            "AAC-LC",
            "X264 -c:a aac -mpegts_m2ts_mode 1",
        ))
        .note("as ffmpeg writes it: private data without a descriptor"),
        stereo((
            "lpcm.m2ts",
            "M2TS",
            "PCM of Blu-ray, 16 bits",
            "X264 -c:a pcm_bluray -sample_fmt s16 -mpegts_m2ts_mode 1",
        )),
        converted(
            (
                "camera.m2ts",
                "M2TS",
                "PCM of Blu-ray, 24 bits",
                "X264 -c:a pcm_bluray -sample_fmt s32 -mpegts_m2ts_mode 1",
            ),
            48_000,
            6,
        ),
        stereo(("dts.ts", "MPEG-TS", "DTS", "MPEG2 -c:a dca -strict -2")),
        stereo((
            "truehd.m2ts",
            "M2TS",
            "TrueHD",
            "MPEG2 -c:a truehd -strict -2",
        )),
        stereo((
            "302m.ts",
            "MPEG-TS",
            "SMPTE 302M, 24 bits",
            "MPEG2 -c:a s302m -strict -2 -sample_fmt s32",
        )),
        stereo(("mp2.mpg", "MPEG-PS", "MP2", "MPEG2 -c:a mp2 -b:a 384k")),
        stereo((
            "dts.vob",
            "MPEG-PS",
            "DTS",
            "MPEG2 -c:a dca -strict -2 -f vob",
        )),
        stereo((
            "disc.vob",
            "MPEG-PS",
            "AC-3",
            "MPEG2 -c:a ac3 -b:a 448k -f vob",
        )),
        stereo((
            "lpcm.vob",
            "MPEG-PS",
            "PCM of DVDs, 16 bits",
            "MPEG2 -c:a pcm_dvd -sample_fmt s16 -f vob",
        )),
        converted(
            (
                "concert.vob",
                "MPEG-PS",
                "PCM of DVDs, 24 bits",
                "MPEG2 -c:a pcm_dvd -sample_fmt s32 -f vob",
            ),
            96_000,
            2,
        ),
        stereo(("vorbis.ogg", "OGG", "Vorbis", "-c:a libvorbis -q:a 8")),
        stereo(("film.ogv", "OGV", "Vorbis", "THEORA -c:a libvorbis -q:a 8")),
        converted(
            ("surround.ogg", "OGG", "Vorbis", "-c:a libvorbis -q:a 8"),
            48_000,
            6,
        ),
        stereo(("opus.opus", "OGG", "Opus", "-c:a libopus -b:a 256k")),
        stereo(("flac.oga", "OGG", "FLAC", "-c:a flac")),
    ]
}

/// Formats of Windows, of phones and of camcorders.
fn older() -> Vec<Case> {
    // Frames of speech of 20 ms, for which ffmpeg has no encoder.
    const NARROW: &[u8] = b"\x3c\x91\x17\x16\xbe\x66\x79\xe1\xe0\x01\xe7\xaf\xf0\x24\x53\x8a\
        \x19\x0c\x77\xd0\x42\x5e\x31\xaa\x66\x13\x98\x04\x7b\xc1\x2d\x90";
    const REAL_HEADER: &[u8] =
        b".ra\xfd\0\x03\0\x1a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01A\0\0\x01B\0\x04lpcJ";
    const REAL: &[u8] =
        b"\x4a\x5b\x12\x91\x77\x06\x3c\xe8\x25\x9f\x40\xb3\x18\x6d\xc2\x57\x0a\xf4\x81\x36";
    let speech = |name, container, codec, rate, head, frame| {
        converted((name, container, codec, ""), rate, 1)
            .change(Change::Frames(head, frame))
            .audio(|audio| audio.tones.clear())
            .note("frames of speech, without tones")
    };
    vec![
        stereo(("mp3.wmv", "WMV", "MP3", "X264 -c:a libmp3lame -b:a 320k")),
        stereo(("film.wmv", "WMV", "WMA 2", "X264 -c:a wmav2 -b:a 192k")),
        stereo(("one.wma", "WMA", "WMA 1", "-c:a wmav1 -b:a 192k")),
        stereo(("two.wma", "WMA", "WMA 2", "-c:a wmav2 -b:a 192k")),
        stereo(("wma.avi", "AVI", "WMA 2", "-c:a wmav2 -b:a 192k")),
        converted(
            ("voice.wma", "WMA", "WMA 2", "-c:a wmav2 -b:a 32k"),
            16_000,
            1,
        ),
        stereo(("ac3.rm", "RealMedia", "AC-3", "-c:a ac3 -b:a 448k")),
        converted(
            ("low.rm", "RealMedia", "RealAudio 1.0", "-c:a real_144"),
            8000,
            1,
        ),
        speech(
            "first.ra",
            "RealAudio",
            "RealAudio 1.0",
            8000,
            REAL_HEADER,
            REAL,
        ),
        speech("phone.amr", "AMR", "AMR", 8000, b"#!AMR\n", NARROW),
        stereo(("tape.dv", "DV", "PCM, 16 bits", "PAL_DV")),
    ]
}

fn without_container() -> Vec<Case> {
    vec![
        converted(("a.mp3", "MP3", "MP3", "-c:a libmp3lame -q:a 0"), 44_100, 2),
        converted(
            ("low.mp3", "MP3", "MP3", "-c:a libmp3lame -b:a 64k"),
            22_050,
            1,
        ),
        stereo((
            "plain.mp3",
            "MP3",
            "MP3",
            "-c:a libmp3lame -b:a 320k -write_xing 0 -id3v2_version 0",
        ))
        .note("no Xing frame"),
        stereo(("a.mp2", "MP2", "MP2", "-c:a mp2 -b:a 384k -f mp2")),
        stereo(("a.aac", "ADTS", "AAC-LC", "-c:a aac")),
        stereo(("a.latm", "LOAS", "AAC-LC", "-c:a aac -f latm")),
        stereo(("a.ac3", "AC-3", "AC-3", "-c:a ac3 -b:a 448k")),
        converted(("cd.ac3", "AC-3", "AC-3", "-c:a ac3 -b:a 448k"), 44_100, 2),
        stereo(("a.dts", "DTS", "DTS", "-c:a dca -strict -2")),
        stereo(("a.thd", "TrueHD", "TrueHD", "-c:a truehd -strict -2")),
        stereo(("a.mlp", "TrueHD", "MLP", "-c:a mlp -strict -2")),
        stereo(("a.wv", "WavPack", "WavPack", "-c:a wavpack")),
        converted(
            ("surround.wv", "WavPack", "WavPack", "-c:a wavpack"),
            48_000,
            6,
        ),
        stereo(("a.tta", "True Audio", "True Audio", "-c:a tta")),
        converted(
            ("yamaha.wav", "WAV", "ADPCM (Yamaha)", "-c:a adpcm_yamaha"),
            44_100,
            2,
        ),
        converted(("g722.wav", "WAV", "G.722", "-c:a g722"), 16_000, 1),
        converted(
            ("g726.au", "AU", "G.726", "-c:a g726le -code_size 5"),
            8000,
            1,
        )
        .slack(2),
        stereo(("dts.wav", "WAV", "DTS", "-c:a dca -strict -2")),
        converted(
            ("mono.mp2", "MP2", "MP2", "-c:a mp2 -b:a 384k -f mp2"),
            48_000,
            1,
        )
        .note("a bitrate that the standard allows for stereo only"),
        stereo(("a.flac", "FLAC", "FLAC", "")),
        converted(("high.flac", "FLAC", "FLAC", "-sample_fmt s32"), 192_000, 2),
    ]
}

fn pcm() -> Vec<Case> {
    vec![
        stereo(("8.wav", "WAV", "PCM, 8 bits", "-c:a pcm_u8")),
        stereo(("16.wav", "WAV", "PCM, 16 bits", "-c:a pcm_s16le")),
        stereo(("24.wav", "WAV", "PCM, 24 bits", "-c:a pcm_s24le")),
        stereo(("32.wav", "WAV", "PCM, 32 bits", "-c:a pcm_s32le")),
        stereo(("float.wav", "WAV", "PCM, 32 bits, float", "-c:a pcm_f32le")),
        stereo(("double.wav", "WAV", "PCM, 64 bits, float", "-c:a pcm_f64le")),
        converted(
            ("phone.wav", "WAV", "PCM, 16 bits", "-c:a pcm_s16le"),
            8000,
            1,
        ),
        converted(
            ("low.wav", "WAV", "PCM, 16 bits", "-c:a pcm_s16le"),
            11_025,
            2,
        ),
        converted(
            ("studio.wav", "WAV", "PCM, 24 bits", "-c:a pcm_s24le"),
            96_000,
            2,
        ),
        converted(
            ("cd.wav", "WAV", "PCM, 24 bits", "-c:a pcm_s24le"),
            88_200,
            2,
        ),
        converted(
            ("highest.wav", "WAV", "PCM, 24 bits", "-c:a pcm_s24le"),
            192_000,
            2,
        ),
        converted(
            ("surround.wav", "WAV", "PCM, 16 bits", "-c:a pcm_s16le"),
            48_000,
            6,
        ),
        converted(("ulaw.wav", "WAV", "µ-law", "-c:a pcm_mulaw"), 8000, 1),
        converted(("alaw.wav", "WAV", "A-law", "-c:a pcm_alaw"), 8000, 1),
        stereo(("ms.wav", "WAV", "ADPCM (Microsoft)", "-c:a adpcm_ms")),
        stereo(("ima.wav", "WAV", "ADPCM (IMA)", "-c:a adpcm_ima_wav")),
        stereo((
            "large.wav",
            "RF64",
            "PCM, 16 bits",
            "-c:a pcm_s16le -rf64 always",
        )),
        stereo(("large.w64", "Wave64", "PCM, 16 bits", "-c:a pcm_s16le")),
        stereo(("16.aiff", "AIFF", "PCM, 16 bits, big-endian", "")),
        stereo((
            "24.aiff",
            "AIFF",
            "PCM, 24 bits, big-endian",
            "-c:a pcm_s24be",
        )),
        stereo(("16.au", "AU", "PCM, 16 bits, big-endian", "")),
        converted(("ulaw.au", "AU", "µ-law", "-c:a pcm_mulaw"), 8000, 1),
        stereo(("16.caf", "CAF", "PCM, 16 bits", "-c:a pcm_s16le")),
        stereo((
            "24.caf",
            "CAF",
            "PCM, 24 bits, big-endian",
            "-c:a pcm_s24be",
        )),
        stereo(("alac.caf", "CAF", "ALAC", "-c:a alac")),
        stereo((
            "16le.mov",
            "MOV",
            "PCM, 16 bits, little-endian",
            "-c:a pcm_s16le",
        )),
        stereo((
            "16be.mov",
            "MOV",
            "PCM, 16 bits, big-endian",
            "-c:a pcm_s16be",
        )),
        stereo((
            "24le.mov",
            "MOV",
            "PCM, 24 bits, little-endian",
            "-c:a pcm_s24le",
        )),
        stereo((
            "24be.mov",
            "MOV",
            "PCM, 24 bits, big-endian",
            "-c:a pcm_s24be",
        )),
        stereo((
            "32le.mov",
            "MOV",
            "PCM, 32 bits, little-endian",
            "-c:a pcm_s32le",
        )),
        stereo(("float.mov", "MOV", "PCM, 32 bits, float", "-c:a pcm_f32le")),
        converted(("ulaw.mov", "MOV", "µ-law", "-c:a pcm_mulaw"), 8000, 1),
        stereo(("ima.mov", "MOV", "ADPCM (IMA)", "-c:a adpcm_ima_qt")),
        stereo(("alac.mov", "MOV", "ALAC", "-c:a alac")),
    ]
}

/// What only the decoder plugin decodes.
fn plugin_codecs() -> Vec<Case> {
    vec![
        stereo(("dts.mp4", "MP4", "DTS", "-c:a dca -strict -2")),
        converted(
            (
                "dts.mkv",
                "MKV",
                "DTS",
                "-channel_layout 5.1(side) -c:a dca -strict -2",
            ),
            48_000,
            6,
        ),
        stereo(("truehd.mkv", "MKV", "TrueHD", "-c:a truehd -strict -2")),
        stereo(("wavpack.mkv", "MKV", "WavPack", "-c:a wavpack")),
        stereo(("tta.mkv", "MKV", "True Audio", "-c:a tta")),
        stereo(("wma2.mkv", "MKV", "WMA 2", "-c:a wmav2 -b:a 192k")),
        stereo(("vorbis.avi", "AVI", "Vorbis", "X264 -c:a libvorbis -q:a 8")),
        stereo(("wma1.wma", "ASF", "WMA 1", "-c:a wmav1 -b:a 192k")),
        stereo(("wma2.wma", "ASF", "WMA 2", "-c:a wmav2 -b:a 192k")),
        converted(
            ("speech.spx", "OGG", "Speex", "-c:a libspeex -b:a 40k"),
            32_000,
            1,
        ),
        converted(("speech.flv", "FLV", "Speex", "-c:a libspeex"), 16_000, 1),
        converted(
            ("nellymoser.flv", "FLV", "Nellymoser", "-c:a nellymoser"),
            44_100,
            1,
        ),
        converted(
            ("swf.flv", "FLV", "ADPCM (Flash)", "-c:a adpcm_swf"),
            44_100,
            2,
        ),
        converted(("g726.wav", "WAV", "G.726", "-c:a g726 -b:a 32k"), 8_000, 1),
        converted(
            ("g723.wav", "WAV", "G.723.1", "-c:a g723_1 -b:a 6.3k"),
            8_000,
            1,
        ),
        converted(("gsm.wav", "WAV", "GSM", "-c:a libgsm_ms"), 8_000, 1),
        stereo(("ac3.wav", "WAV", "AC-3", "-c:a ac3 -b:a 448k")),
    ]
}

/// Tracks, times and damage.
fn special() -> Vec<Case> {
    const TWO: &str = "SINE -map 0:a -map 1:a -c:a aac -b:a 192k";
    const SECOND: &str =
        "SINE -map 0:a -map 1:a -c:a aac -b:a 192k -disposition:a:0 0 -disposition:a:1 default";
    let second = |audio: &mut Audio| {
        audio.map = "0:a:1";
        audio.tones = vec![
            Tone {
                hertz: 3000.0,
                dbfs: -18.0
            };
            1
        ];
        audio.channels = 1;
    };
    let timed = |audio: &mut Audio| audio.is_timed = true;
    vec![
        stereo(("first.mp4", "MP4", "AAC-LC", TWO)).note("two tracks: the first"),
        stereo(("default.mp4", "MP4", "AAC-LC", SECOND))
            .audio(second)
            .note("two tracks: the second, which is marked as default"),
        stereo(("default.mkv", "MKV", "AAC-LC", SECOND))
            .audio(second)
            .note("two tracks: the second, which is marked as default"),
        stereo(("late.mp4", "MP4", "AAC-LC", "LATE X264 -c:a aac -b:a 192k"))
            .slack(1024)
            .audio(timed)
            .note("the audio starts half a second late, after silence"),
        stereo(("late.mkv", "MKV", "AAC-LC", "LATE X264 -c:a aac -b:a 192k"))
            .slack(1024)
            .audio(timed)
            .note("the audio starts half a second late, after silence"),
        stereo((
            "gap.mkv",
            "MKV",
            "FLAC",
            "-af aselect='not(between(t,1,1.5))' -c:a flac",
        ))
        .slack(1152)
        .audio(timed)
        .note("half a second of timestamps is missing and is silent"),
        stereo((
            "gap.mp4",
            "MP4",
            "AAC-LC",
            "-af aselect='not(between(t,1,1.5))' -c:a aac -b:a 192k",
        ))
        .slack(1152)
        .audio(timed)
        .note("half a second of timestamps is missing and is silent"),
        stereo((
            "cut.mp4",
            "MP4",
            "AAC-LC",
            "X264 -c:a aac -movflags +faststart",
        ))
        .change(Change::Truncate(60))
        .slack(2304)
        .note("the first 60 % of the file"),
        stereo(("cut.mkv", "MKV", "AAC-LC", "X264 -c:a aac"))
            .change(Change::Truncate(60))
            .slack(2304)
            .note("the first 60 % of the file"),
        stereo(("cut.webm", "WebM", "Opus", "VP8 -c:a libopus -b:a 256k"))
            .change(Change::Truncate(60))
            .slack(2304)
            .note("the first 60 % of the file"),
        stereo(("cut.ts", "MPEG-TS", "AAC-LC", "X264 -c:a aac"))
            .change(Change::Truncate(60))
            .slack(2304)
            .note("the first 60 % of the file"),
        stereo(("cut.avi", "AVI", "MP3", "X264 -c:a libmp3lame -b:a 192k"))
            .change(Change::Truncate(60))
            .drop(1105)
            .slack(2304)
            .note("the first 60 % of the file"),
        stereo(("cut.wav", "WAV", "PCM, 16 bits", "-c:a pcm_s16le"))
            .change(Change::Truncate(60))
            .slack(2304)
            .note("the first 60 % of the file"),
        stereo(("cut.mp3", "MP3", "MP3", "-c:a libmp3lame -b:a 192k"))
            .change(Change::Truncate(60))
            .slack(2304)
            .note("the first 60 % of the file"),
    ]
}

fn refusals() -> Vec<Case> {
    const VIDEO_ALONE: &str = "X264 -an";
    const CENC: &str = "-c:a aac -encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8";
    vec![
        refused(
            "silent.mp4",
            "a video without audio",
            VIDEO_ALONE,
            "no_audio_track",
        ),
        refused(
            "silent.mkv",
            "a video without audio",
            VIDEO_ALONE,
            "no_audio_track",
        ),
        refused(
            "silent.avi",
            "a video without audio",
            VIDEO_ALONE,
            "no_audio_track",
        ),
        refused(
            "silent.ts",
            "a video without audio",
            VIDEO_ALONE,
            "no_audio_track",
        ),
        refused("aac.wav", "AAC in WAV", "-c:a aac", "unsupported_codec"),
        refused("drm.mp4", "encrypted (CENC)", CENC, "unsupported_codec"),
        refused(
            "bought.m4a",
            "encrypted (FairPlay)",
            "-c:a aac",
            "unsupported_codec",
        )
        .change(Change::Rename(b"mp4a", b"drms")),
        refused(
            "cut-end.mp4",
            "60 % of an MP4 whose `moov` is at the end",
            "X264 -c:a aac",
            "damaged_media",
        )
        .change(Change::Truncate(60)),
        refused(
            "noise.mp4",
            "an MP4 with its index destroyed",
            "-c:a aac -movflags +faststart",
            "damaged_media",
        )
        .change(Change::Rename(b"stsz", b"xxxx")),
        refused("text.mp4", "a text", "", "not_media").change(Change::Bytes(
            b"This is no video, whatever its name says.\n",
        )),
    ]
}
