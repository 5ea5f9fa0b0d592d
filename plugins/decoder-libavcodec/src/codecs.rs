//! Which decoder of libavcodec decodes a codec.

use std::ffi::CStr;

/// Codecs by their identifiers, where libavcodec's decoder has another name.
const RENAMED: &[(&str, &CStr)] = &[
    ("dts", c"dca"),
    ("mp4als", c"als"),
    ("musepack7", c"mpc7"),
    ("musepack8", c"mpc8"),
    ("mp1", c"mp1float"),
    ("mp2", c"mp2float"),
    ("mp3", c"mp3float"),
    ("ra_144", c"real_144"),
    ("ra_288", c"real_288"),
    ("atrac3p", c"atrac3plus"),
];

/// Codecs whose decoder has the same name.
const SAME: &[&CStr] = &[
    c"aac",
    c"ac3",
    c"adpcm_ct",
    c"adpcm_ima_dk3",
    c"adpcm_ima_dk4",
    c"adpcm_ima_qt",
    c"adpcm_ima_wav",
    c"adpcm_ms",
    c"adpcm_sbpro_2",
    c"adpcm_sbpro_3",
    c"adpcm_sbpro_4",
    c"adpcm_swf",
    c"adpcm_yamaha",
    c"alac",
    c"amrnb",
    c"amrwb",
    c"ape",
    c"atrac1",
    c"atrac3",
    c"cook",
    c"dolby_e",
    c"dsd_lsbf",
    c"dsd_lsbf_planar",
    c"dsd_msbf",
    c"dsd_msbf_planar",
    c"eac3",
    c"evrc",
    c"flac",
    c"g722",
    c"g723_1",
    c"g726",
    c"g726le",
    c"g729",
    c"gsm",
    c"gsm_ms",
    c"ilbc",
    c"mace3",
    c"mace6",
    c"mlp",
    c"nellymoser",
    c"opus",
    c"qcelp",
    c"qdm2",
    c"qdmc",
    c"sipr",
    c"speex",
    c"tak",
    c"truehd",
    c"tta",
    c"vorbis",
    c"wavpack",
    c"wmalossless",
    c"wmapro",
    c"wmav1",
    c"wmav2",
    c"wmavoice",
    c"xma1",
    c"xma2",
];

/// The decoder of a codec.
pub fn decoder_of(codec: &str) -> Option<&'static CStr> {
    all()
        .find(|(id, _)| *id == codec)
        .map(|(_, decoder)| decoder)
}

/// Every codec with its decoder.
pub fn all() -> impl Iterator<Item = (&'static str, &'static CStr)> {
    let same = SAME.iter().map(|name| (name.to_str().unwrap_or(""), *name));
    RENAMED.iter().copied().chain(same)
}
