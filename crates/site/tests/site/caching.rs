use crate::{get, header, send};

#[test]
fn paths_with_a_hash_are_kept_for_good_and_others_are_not() {
    for (path, expected) in [
        ("/site/abc/app.js", "public, max-age=31536000, immutable"),
        ("/site/abc/plain.css", "public, max-age=31536000, immutable"),
        ("/site/plain.css", "public, max-age=300"),
        ("/favicon.svg", "public, max-age=300"),
        ("/robots.txt", "public, max-age=300"),
        ("/", "no-cache"),
    ] {
        let reply = send("GET", path, &[("accept", "text/html")]);
        assert_eq!(header(&reply, "cache-control"), expected, "{path}");
        let found = header(&reply, "etag");
        assert!(found.starts_with('"') && found.len() > 2, "{path}: {found}");
    }
}

#[test]
fn a_known_version_gets_304_without_a_body() {
    for path in ["/", "/site/abc/app.js", "/site/plain.css", "/favicon.svg"] {
        let accept = ("accept", "text/html");
        let first = send("GET", path, &[accept]);
        let tag = header(&first, "etag").to_owned();
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"x\", {tag}"),
            "*".to_owned(),
        ] {
            for method in ["GET", "HEAD"] {
                let reply = send(method, path, &[accept, ("if-none-match", &known)]);
                assert_eq!(reply.status(), 304, "{method} {path} {known}");
                assert!(reply.body().is_empty());
                for kept in ["etag", "vary", "cache-control", "content-security-policy"] {
                    assert_eq!(header(&reply, kept), header(&first, kept), "{path} {kept}");
                }
                assert_eq!(header(&reply, "content-length"), "");
            }
        }
        let other = send("GET", path, &[accept, ("if-none-match", "\"other\"")]);
        assert_eq!(other.status(), 200);
    }
}

#[test]
fn each_encoding_is_a_version_of_its_own() {
    let plain = header(&get("/site/abc/app.js"), "etag").to_owned();
    let headers = [("accept-encoding", "br"), ("if-none-match", plain.as_str())];
    let reply = send("GET", "/site/abc/app.js", &headers);
    assert_eq!(reply.status(), 200);
    assert_ne!(header(&reply, "etag"), plain);
}
