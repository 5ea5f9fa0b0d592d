//! The GUIDs of objects and streams (Advanced Systems Format specification, section 10).

/// A GUID in the order of the file.
pub(super) type Guid = [u8; 16];

/// The GUID that is written `aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee`.
const fn guid(a: u32, b: u16, c: u16, d: u16, e: u64) -> Guid {
    let ([a0, a1, a2, a3], [b0, b1], [c0, c1]) =
        (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes());
    let ([d0, d1], [_, _, e0, e1, e2, e3, e4, e5]) = (d.to_be_bytes(), e.to_be_bytes());
    [
        a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, e0, e1, e2, e3, e4, e5,
    ]
}

pub(super) const HEADER: Guid = guid(0x75b2_2630, 0x668e, 0x11cf, 0xa6d9, 0x00aa_0062_ce6c);
pub(super) const DATA: Guid = guid(0x75b2_2636, 0x668e, 0x11cf, 0xa6d9, 0x00aa_0062_ce6c);

/// Objects in the header.
pub(super) const FILE_PROPERTIES: Guid =
    guid(0x8cab_dca1, 0xa947, 0x11cf, 0x8ee4, 0x00c0_0c20_5365);
pub(super) const STREAM_PROPERTIES: Guid =
    guid(0xb7dc_0791, 0xa9b7, 0x11cf, 0x8ee6, 0x00c0_0c20_5365);
pub(super) const HEADER_EXTENSION: Guid =
    guid(0x5fbf_03b5, 0xa92e, 0x11cf, 0x8ee3, 0x00c0_0c20_5365);
pub(super) const CONTENT_DESCRIPTION: Guid =
    guid(0x75b2_2633, 0x668e, 0x11cf, 0xa6d9, 0x00aa_0062_ce6c);
pub(super) const EXTENDED_CONTENT_DESCRIPTION: Guid =
    guid(0xd2d0_a440, 0xe307, 0x11d2, 0x97f0, 0x00a0_c95e_a850);
pub(super) const MARKERS: Guid = guid(0xf487_cd01, 0xa951, 0x11cf, 0x8ee6, 0x00c0_0c20_5365);
pub(super) const CONTENT_ENCRYPTION: Guid =
    guid(0x2211_b3fb, 0xbd23, 0x11d2, 0xb4b7, 0x00a0_c955_fc6e);
pub(super) const EXTENDED_CONTENT_ENCRYPTION: Guid =
    guid(0x298a_e614, 0x2622, 0x4c17, 0xb935, 0xdae0_7ee9_289c);

/// Objects in the extension of the header.
pub(super) const EXTENDED_STREAM_PROPERTIES: Guid =
    guid(0x14e6_a5cb, 0xc672, 0x4332, 0x8399, 0xa969_5206_5b5a);
pub(super) const LANGUAGE_LIST: Guid = guid(0x7c43_46a9, 0xefe0, 0x4bfc, 0xb229, 0x393e_de41_5c85);
pub(super) const METADATA: Guid = guid(0xc5f8_cbea, 0x5baf, 0x4877, 0x8467, 0xaa8c_44fa_4cca);
pub(super) const METADATA_LIBRARY: Guid =
    guid(0x4423_1c94, 0x9498, 0x49d1, 0xa141, 0x1d13_4e45_7054);
pub(super) const ADVANCED_CONTENT_ENCRYPTION: Guid =
    guid(0x4305_8533, 0x6981, 0x49e6, 0x9b74, 0xad12_cb86_d58c);

/// Types of streams.
pub(super) const AUDIO: Guid = guid(0xf869_9e40, 0x5b4d, 0x11cf, 0xa8fd, 0x0080_5f5c_442b);
pub(super) const VIDEO: Guid = guid(0xbc19_efc0, 0x5b4d, 0x11cf, 0xa8fd, 0x0080_5f5c_442b);
/// The error correction of audio whose chunks are spread over several packets.
pub(super) const AUDIO_SPREAD: Guid = guid(0xbfc3_cd50, 0x618f, 0x11cf, 0x8bb2, 0x00aa_00b4_e220);
