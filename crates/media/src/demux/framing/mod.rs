//! From an elementary stream to packets, where the container does not delimit them.

pub(crate) mod frame;
pub(crate) mod framer;
pub(crate) mod latm;
pub(crate) mod lpcm;
pub(crate) mod stream;
