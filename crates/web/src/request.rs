//! Headers and query parameters of a request.

use http::Request;

/// A request without its body.
pub type Head = Request<()>;

/// The value of a header; `None` if it is absent or not visible ASCII.
pub fn header<'h>(head: &'h Head, name: &str) -> Option<&'h str> {
    head.headers().get(name)?.to_str().ok()
}

/// The decoded value of the first query parameter `name`.
pub fn query(head: &Head, name: &str) -> Option<String> {
    query_pairs(head)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Names and values of all query parameters, decoded.
pub fn query_pairs(head: &Head) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(head.uri().query().unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_parameters_are_decoded() {
        let head = Request::get("/x?a=1%202&b=%C3%A4&c=%zz&d&a=3&e=x%4")
            .body(())
            .unwrap();
        let got = |name| query(&head, name);
        assert_eq!(got("a").as_deref(), Some("1 2"));
        assert_eq!(got("b").as_deref(), Some("ä"));
        assert_eq!(got("c").as_deref(), Some("%zz"));
        assert_eq!(got("d").as_deref(), Some(""));
        assert_eq!(got("e").as_deref(), Some("x%4"));
        assert_eq!(got("f"), None);
    }
}
