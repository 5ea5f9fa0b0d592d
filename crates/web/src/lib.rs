//! HTTP rules of the services, independent of any runtime.
//!
//! - [`request`]: headers and query parameters of a request;
//! - [`reply`]: small responses and problem documents;
//! - [`multipart`]: forms with files, read piece by piece;
//! - [`range`]: byte ranges and conditional requests (RFC 9110, sections 13 and 14);
//! - [`file_name`]: sanitized names of uploads and names of MP3s;
//! - [`disposition`]: `Content-Disposition` (RFC 6266);
//! - [`cookie`]: cookies of sessions (RFC 6265bis);
//! - [`source`]: whether a page of the same site sent a request;
//! - [`accept`]: the media type that a client prefers (RFC 9110, section 12.5.1);
//! - [`coding`]: the content coding that a client prefers (RFC 9110, section 12.5.3);
//! - [`zip`]: archives of stored files, as streams;
//! - [`trace`]: `traceparent` (W3C Trace Context).

pub mod accept;
pub mod coding;
pub mod cookie;
pub mod disposition;
pub mod file_name;
pub mod multipart;
pub mod range;
pub mod reply;
pub mod request;
pub mod source;
pub mod trace;
pub mod zip;
