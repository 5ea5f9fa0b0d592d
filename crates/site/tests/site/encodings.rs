use tonearm_site::{Asset, Site};

use crate::{header, send, text};

#[test]
fn the_preferred_encoding_is_sent() {
    for (accept, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "in brotli"),
        ("gzip", "gzip", "in gzip"),
        ("br;q=0, gzip;q=0.1", "gzip", "in gzip"),
        ("br;q=0, gzip;q=0", "", "import './texts/de.js'"),
        ("*;q=0", "", "import './texts/de.js'"),
        ("zstd", "", "import './texts/de.js'"),
    ] {
        let reply = send("GET", "/site/abc/app.js", &[("accept-encoding", accept)]);
        assert_eq!(header(&reply, "content-encoding"), encoding, "{accept}");
        assert_eq!(text(&reply), body, "{accept}");
        assert_eq!(header(&reply, "vary"), "accept-encoding", "{accept}");
    }
}

#[test]
fn the_page_is_encoded_too() {
    let headers = [("accept", "text/html"), ("accept-encoding", "br")];
    let reply = send("GET", "/", &headers);
    assert_eq!(header(&reply, "content-encoding"), "br");
    assert_eq!(header(&reply, "vary"), "accept, accept-encoding");
}

#[test]
fn a_file_that_does_not_get_shorter_is_sent_as_it_is() {
    let picture = || Asset {
        path: "a.png",
        media_type: "image/png",
        tag: "1",
        identity: b"picture",
        brotli: None,
        gzip: None,
    };
    let site = Site {
        hash: "abc",
        page: picture(),
        files: &[],
    };
    let request = http::Request::get("/").header("accept", "text/html");
    let request = request
        .header("accept-encoding", "br, gzip")
        .body(())
        .unwrap();
    let reply = site.answer(&request);
    assert_eq!(header(&reply, "content-encoding"), "");
    assert_eq!(text(&reply), "picture");
}
