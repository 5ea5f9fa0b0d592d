use crate::{SITE, get, header, send, shown, text};

#[test]
fn browsers_get_the_page_with_its_protection() {
    let reply = send("GET", "/", &[("accept", "text/html,*/*;q=0.8")]);
    insta::assert_snapshot!(shown(&reply));
}

#[test]
fn programs_get_instructions_at_the_same_path() {
    for accept in ["*/*", "text/plain", "application/json"] {
        let headers = [("accept", accept), ("host", "mp3.example.org")];
        let reply = send("GET", "/", &headers);
        assert_eq!(header(&reply, "content-type"), "text/plain; charset=utf-8");
        assert_eq!(header(&reply, "vary"), "accept, accept-encoding");
        assert!(text(&reply).contains("http://mp3.example.org/upload"));
    }
}

#[test]
fn every_file_is_at_its_path() {
    for (path, body) in [
        ("/site/abc/app.js", "import './texts/de.js'"),
        ("/site/abc/texts/de.js", "export {}"),
        ("/site/abc/plain.css", "body{}"),
        ("/site/plain.css", "body{}"),
        ("/favicon.svg", "<svg/>"),
        ("/favicon.ico", "<svg/>"),
        ("/robots.txt", "User-agent: *\nAllow: /$\nDisallow: /\n"),
    ] {
        let reply = get(path);
        assert_eq!(
            (reply.status().as_u16(), text(&reply)),
            (200, body),
            "{path}"
        );
        assert_eq!(
            header(&reply, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
    }
    assert_eq!(
        header(&get("/favicon.ico"), "content-type"),
        "image/svg+xml"
    );
}

#[test]
fn what_does_not_exist_is_a_problem_that_is_not_cached() {
    for path in [
        "/site",
        "/site/",
        "/site/abc",
        "/site/abc/",
        "/site/abc/index.html",
        "/site/abc/nothing.js",
        "/site/abcapp.js",
        "/site/an-older-hash/app.js",
        "/site/app.js",
        "/site//app.js",
        "/elsewhere",
    ] {
        let reply = get(path);
        assert_eq!(reply.status(), 404, "{path}");
        assert_eq!(header(&reply, "content-type"), "application/problem+json");
        assert_eq!(header(&reply, "cache-control"), "no-store", "{path}");
    }
}

#[test]
fn only_get_and_head_are_allowed() {
    for path in ["/", "/site/abc/app.js", "/favicon.svg", "/robots.txt"] {
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let reply = send(method, path, &[]);
            assert_eq!(reply.status(), 405, "{method} {path}");
            assert_eq!(header(&reply, "allow"), "GET, HEAD");
            assert_eq!(header(&reply, "content-type"), "application/problem+json");
        }
        let (got, head) = (get(path), send("HEAD", path, &[]));
        assert_eq!(head.status(), 200, "{path}");
        assert!(head.body().is_empty(), "{path}");
        let length = got.body().len().to_string();
        assert_eq!(header(&head, "content-length"), length, "{path}");
        assert_eq!(header(&head, "etag"), header(&got, "etag"), "{path}");
    }
}

#[test]
fn types_of_files_are_known_by_their_extensions() {
    for file in SITE.files {
        assert_eq!(tonearm_site::media_type(file.path), Some(file.media_type));
    }
    for path in ["notes", "a.exe", "a.js.map", ""] {
        assert_eq!(tonearm_site::media_type(path), None, "{path}");
    }
}
