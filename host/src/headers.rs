//! The request headers that Spin removes and adds before it calls a guest.

use std::net::SocketAddr;

use http::header::{CONNECTION, HOST};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::allowed_hosts::chained_component;
use crate::routes::RouteMatch;

/// Prefix of all added headers. Clients may not send such a header.
const PREFIX: &str = "spin-";

/// The absolute URI of a request, completed from its `Host` header.
///
/// Returns `None` if there is no host, or two that differ.
pub fn absolute_uri(uri: &Uri, headers: &HeaderMap) -> Option<Uri> {
    let from_header = match headers.get(HOST) {
        Some(host) => Some(host.to_str().ok()?.parse::<Authority>().ok()?),
        None => None,
    };
    let authority = match (from_header, uri.authority()) {
        (Some(header), Some(authority)) if header != *authority => return None,
        (Some(authority), _) => authority,
        (None, Some(authority)) => authority.clone(),
        (None, None) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    parts
        .path_and_query
        .get_or_insert_with(|| http::uri::PathAndQuery::from_static("/"));
    Uri::from_parts(parts).ok()
}

/// Replaces `headers` with those that the guest sees. `uri` is absolute.
pub fn prepare(headers: &mut HeaderMap, uri: &Uri, found: &RouteMatch, client: SocketAddr) {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost")
        .to_owned();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut added = vec![
        ("spin-path-info".to_owned(), found.rest.clone()),
        ("spin-full-url".to_owned(), format!("http://{host}{path}")),
        ("spin-matched-route".to_owned(), found.route.clone()),
        ("spin-base-path".to_owned(), "/".to_owned()),
        ("spin-raw-component-route".to_owned(), found.route.clone()),
        (
            "spin-component-route".to_owned(),
            found.route_prefix().to_owned(),
        ),
        ("spin-client-addr".to_owned(), client.to_string()),
    ];
    for (name, value) in &found.named {
        added.push((
            format!("spin-path-match-{}", name.to_ascii_lowercase()),
            value.clone(),
        ));
    }
    if chained_component(&host).is_some() {
        headers.remove(HOST);
    }
    headers.remove(CONNECTION);
    // Spin keeps a client's value in front of its own; this host drops it.
    let forged: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with(PREFIX))
        .cloned()
        .collect();
    for name in forged {
        headers.remove(name);
    }
    for (name, value) in added {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> SocketAddr {
        "192.0.2.1:4000".parse().unwrap()
    }

    #[test]
    fn guests_see_spins_headers_and_no_forged_ones() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "example.com:3000".parse().unwrap());
        headers.append("spin-client-addr", "10.0.0.1:1".parse().unwrap());
        headers.append("spin-path-match-other", "forged".parse().unwrap());
        headers.insert("connection", "close".parse().unwrap());
        headers.insert("x-kept", "1".parse().unwrap());
        let uri = absolute_uri(&"/u/7/a?q=1".parse().unwrap(), &headers).unwrap();
        let found = RouteMatch {
            component: "c".into(),
            route: "/u/:id/...".into(),
            rest: "/a".into(),
            named: [("id".to_owned(), "7".to_owned())].into(),
        };
        prepare(&mut headers, &uri, &found, client());
        let mut lines: Vec<_> = headers
            .iter()
            .map(|(k, v)| format!("{k}: {}", v.to_str().unwrap()))
            .collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "host: example.com:3000",
                "spin-base-path: /",
                "spin-client-addr: 192.0.2.1:4000",
                "spin-component-route: /u/:id",
                "spin-full-url: http://example.com:3000/u/7/a?q=1",
                "spin-matched-route: /u/:id/...",
                "spin-path-info: /a",
                "spin-path-match-id: 7",
                "spin-raw-component-route: /u/:id/...",
                "x-kept: 1",
            ]
        );
    }

    #[test]
    fn a_host_header_that_names_a_component_is_removed() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "auth.spin.internal".parse().unwrap());
        let uri = absolute_uri(&"/x".parse().unwrap(), &headers).unwrap();
        prepare(
            &mut headers,
            &uri,
            &RouteMatch::chained("auth", "/x"),
            client(),
        );
        assert!(!headers.contains_key(HOST));
        assert_eq!(headers["spin-path-info"], "/x");
    }

    #[test]
    fn the_host_must_be_present_and_unambiguous() {
        let mut headers = HeaderMap::new();
        assert_eq!(absolute_uri(&"/x".parse().unwrap(), &headers), None);
        headers.insert(HOST, "a".parse().unwrap());
        assert_eq!(absolute_uri(&"http://b/x".parse().unwrap(), &headers), None);
        let uri = absolute_uri(&"/x".parse().unwrap(), &headers).unwrap();
        assert_eq!(uri, "http://a/x");
    }
}
