//! The two tags of an MP3: ID3v2 in front, and the Xing header that takes the
//! place of the first frame.

pub mod id3;
pub mod xing;
