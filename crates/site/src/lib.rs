//! The website as a set of files that are known at build time.
//!
//! | path | file | `Cache-Control` |
//! |---|---|---|
//! | `/` | the page for browsers, [text](instructions()) for programs | `no-cache` |
//! | `/site/HASH/PATH` | any file but the page | a year, immutable |
//! | `/site/plain.css` | the style sheet of pages without scripts | five minutes |
//! | `/favicon.ico`, `/favicon.svg` | the icon | five minutes |
//! | `/robots.txt` | | five minutes |
//!
//! The hash is that of all files together, so files of one version import each other by
//! relative paths, and never one of another version. The files of another version are not
//! found: its page reloads itself.
//!
//! `components/website` contains the files, and its build script compresses them.

mod asset;
mod instructions;
mod policy;
mod site;

pub use asset::{Asset, media_type};
pub use instructions::instructions;
pub use site::Site;
