//! Incoming requests.

use futures::StreamExt;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use spin_sdk::http::IncomingRequest;
use tonearm_problem::Problem;

/// A request's head and no body yet.
pub type Head = Request<()>;

/// Reads the head of a request. What cannot be understood of it is left out:
/// the runtime has parsed it once already.
pub fn head(incoming: &IncomingRequest) -> Head {
    let mut head = Request::new(());
    *head.method_mut() =
        Method::from_bytes(incoming.method().to_string().as_bytes()).unwrap_or_default();
    let path = incoming.path_with_query().unwrap_or_else(|| "/".to_owned());
    *head.uri_mut() = Uri::try_from(path).unwrap_or_default();
    for (name, value) in incoming.headers().entries() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&value)) {
            head.headers_mut().append(name, value);
        }
    }
    // WASI keeps the Host header apart from the others.
    if let Some(Ok(host)) = incoming.authority().map(HeaderValue::try_from) {
        head.headers_mut().insert(http::header::HOST, host);
    }
    head
}

/// A header's value, if there is one and it is text.
pub fn header<'h>(head: &'h Head, name: &str) -> Option<&'h str> {
    head.headers().get(name)?.to_str().ok()
}

/// The first parameter `name` of the query, decoded.
pub fn query(head: &Head, name: &str) -> Option<String> {
    query_pairs(head)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// All parameters of the query with their values, decoded.
pub fn query_pairs(head: &Head) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(head.uri().query().unwrap_or_default().as_bytes())
}

/// Reads a body of at most `most` bytes: 413 beyond, 400 where it breaks off.
pub async fn body(incoming: IncomingRequest, most: usize) -> Result<Vec<u8>, Problem> {
    let mut stream = std::pin::pin!(incoming.into_body_stream());
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| {
            Problem::new(400, "body_incomplete", "Body incomplete")
                .detail("The request's body broke off before its end.")
        })?;
        if bytes.len() + piece.len() > most {
            return Err(
                Problem::new(413, "body_too_large", "Body too large").detail(format!(
                    "The body of this request may have at most {most} bytes."
                )),
            );
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Reads at most about `most` bytes of a body that nobody wants.
pub async fn drain(incoming: IncomingRequest, most: usize) {
    let mut stream = std::pin::pin!(incoming.into_body_stream());
    let mut left = most;
    while left > 0
        && let Some(Ok(piece)) = stream.next().await
    {
        left = left.saturating_sub(piece.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
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
