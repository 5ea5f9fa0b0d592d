//! The HTTP rules of uploads and downloads, free of any runtime.
//!
//! - [`file_name`]: what a user may call a file, and what we call the MP3;
//! - [`disposition`]: `Content-Disposition` (RFC 6266);
//! - [`multipart`]: forms with files, a piece at a time;
//! - [`selection`]: what of a file is answered: ranges and conditions
//!   (RFC 9110, sections 13 and 14);
//! - [`trace`]: `traceparent` (W3C Trace Context).

pub mod disposition;
pub mod file_name;
pub mod multipart;
pub mod selection;
pub mod trace;
