//! Headers that restrict what the page may do in a browser.

use tonearm_web::reply::{self, Reply};

/// Only files of this origin, no inline code, and no way from a string to code or markup
/// (Content Security Policy Level 3; Trusted Types). `blob:` is for videos and covers that
/// the user chose or received.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// The page asks for nothing that needs a permission.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), \
    geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    usb=()";

/// Adds the headers of the page. They hold for a 304 as well: browsers update the stored
/// response with them (RFC 9111, section 3.2). Other files have none of these, as headers
/// are a good part of a small file's transfer.
pub(crate) fn protect(reply: Reply) -> Reply {
    [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("permissions-policy", PERMISSIONS_POLICY),
        ("cross-origin-opener-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
    ]
    .into_iter()
    .fold(reply, |reply, (name, value)| {
        reply::with(reply, name, value)
    })
}
