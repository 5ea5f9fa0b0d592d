//! Content negotiation between JSON, plain text and HTML (RFC 9110, section 12.5.1).

/// Whether `Accept` ranks `application/json` above `text/plain`. curl's `*/*`
/// ranks them equally and gets plain text. So does a client that accepts
/// neither, because a token in plain text is better than a 406.
pub fn prefers_json(accept: Option<&str>) -> bool {
    let Some(accept) = accept else { return false };
    quality(accept, "application", "json") > quality(accept, "text", "plain")
}

/// Whether `Accept` ranks `text/html` above `application/json` and `text/plain`, as browsers
/// do for a page and the answer to a form.
pub fn prefers_html(accept: Option<&str>) -> bool {
    let Some(accept) = accept else { return false };
    let html = quality(accept, "text", "html");
    html > quality(accept, "application", "json") && html > quality(accept, "text", "plain")
}

/// The weight of a media type, in thousandths: the weight of the most specific
/// range that matches it, or 0.
fn quality(accept: &str, kind: &str, subtype: &str) -> u16 {
    accept
        .split(',')
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let (range_kind, range_subtype) = parts.next()?.split_once('/')?;
            let covers = |pattern: &str, value: &str| pattern.eq_ignore_ascii_case(value);
            let specificity = match (range_kind, range_subtype) {
                ("*", "*") => 0,
                (k, "*") if covers(k, kind) => 1,
                (k, s) if covers(k, kind) && covers(s, subtype) => 2,
                _ => return None,
            };
            let weight = parts
                .find_map(|parameter| {
                    let (name, value) = parameter.split_once('=')?;
                    name.trim()
                        .eq_ignore_ascii_case("q")
                        .then(|| value.trim().parse::<f32>())
                })
                .unwrap_or(Ok(1.0))
                .unwrap_or(0.0);
            Some((specificity, (weight.clamp(0.0, 1.0) * 1000.0) as u16))
        })
        .max_by_key(|(specificity, _)| *specificity)
        .map_or(0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_preferred_only_with_a_higher_weight() {
        let cases = [
            ("", false),
            ("*/*", false),
            ("text/plain", false),
            ("text/html", false),
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/*", true),
            ("application/json, */*", false),
            ("application/json, */*;q=0.5", true),
            ("application/json, text/plain, */*", false),
            ("application/json;q=0.9, text/plain", false),
            ("text/plain;q=0.2, application/json;q=0.3", true),
            ("application/json;q=0, */*", false),
            ("application/json;q=x", false),
            ("text/*;q=0.1, application/json;q=0.05", false),
            ("nonsense", false),
            (",,;;==", false),
        ];
        for (accept, want) in cases {
            assert_eq!(prefers_json(Some(accept)), want, "{accept:?}");
        }
        assert!(!prefers_json(None));
    }

    #[test]
    fn only_browsers_prefer_pages() {
        let cases = [
            ("", false),
            ("*/*", false),
            ("application/json", false),
            ("text/html", true),
            ("text/*", false),
            ("text/html, */*", false),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                true,
            ),
            ("application/json, text/html;q=0.9", false),
        ];
        for (accept, want) in cases {
            assert_eq!(prefers_html(Some(accept)), want, "{accept:?}");
        }
        assert!(!prefers_html(None));
    }
}
