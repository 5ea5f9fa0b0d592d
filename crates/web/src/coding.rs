//! Content codings that a client accepts (RFC 9110, section 12.5.3).

use crate::request::{Head, header};

/// A content coding (RFC 9110, section 8.4.1; RFC 7932).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `br`.
    Brotli,
    /// `gzip`.
    Gzip,
    /// No coding.
    Identity,
}

impl Coding {
    /// The value of `Content-Encoding`; `None` for no coding.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    fn is_named(self, name: &str) -> bool {
        let names: &[&str] = match self {
            Self::Brotli => &["br"],
            // Section 8.4.1.3: an alias.
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Identity => &["identity"],
        };
        names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// The coding that a client ranks highest, among equals the first of `offered`.
/// [`Coding::Identity`] is always offered, last, and is the result if the client excludes
/// everything else.
pub fn preferred(head: &Head, offered: &[Coding]) -> Coding {
    let Some(accept) = header(head, "accept-encoding") else {
        return Coding::Identity;
    };
    let listed = |coding: Coding| {
        let found = elements(accept).find(|(name, _)| coding.is_named(name));
        found.map(|(_, weight)| weight)
    };
    let others = elements(accept).find(|(name, _)| *name == "*");
    let others = others.map_or(0, |(_, weight)| weight);
    let mut best = (Coding::Identity, listed(Coding::Identity).unwrap_or(0));
    for coding in offered.iter().rev() {
        let weight = listed(*coding).unwrap_or(others);
        if weight > 0 && weight >= best.1 {
            best = (*coding, weight);
        }
    }
    best.0
}

/// The elements of a list with their weights in thousandths. An element with a malformed
/// weight is left out.
fn elements(list: &str) -> impl Iterator<Item = (&str, u16)> {
    list.split(',').filter_map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let weight = parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.trim().eq_ignore_ascii_case("q").then(|| value.trim())
        });
        Some((name, weight.map_or(Some(1000), thousandths)?))
    })
}

/// A weight between 0 and 1 with up to three decimals (section 12.4.2).
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(accept: &str) -> Head {
        let request = http::Request::get("/").header("accept-encoding", accept);
        request.body(()).unwrap()
    }

    #[test]
    fn the_coding_of_the_highest_weight_is_taken() {
        use Coding::{Brotli, Gzip, Identity};
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Brotli),
            ("gzip", Gzip),
            ("X-GZIP", Gzip),
            ("br;q=0.5, gzip;q=0.8", Gzip),
            ("br;q=0, gzip", Gzip),
            ("br;q=0, gzip;q=0.000", Identity),
            ("*", Brotli),
            ("br;q=0, *;q=0.1", Gzip),
            ("*;q=0", Identity),
            ("identity, br;q=0.9", Identity),
            ("identity;q=0.5, br;q=0.5", Brotli),
            ("identity;q=0", Identity),
            ("gzip;q=1.5, deflate", Identity),
            ("gzip;q=0.1234", Identity),
            ("", Identity),
            (",;,", Identity),
        ] {
            let head = head(accept);
            assert_eq!(preferred(&head, &[Brotli, Gzip]), expected, "{accept}");
        }
        let none = http::Request::new(());
        assert_eq!(preferred(&none, &[Brotli, Gzip]), Identity);
        let head = head("br, gzip");
        assert_eq!(preferred(&head, &[]), Identity);
    }
}
