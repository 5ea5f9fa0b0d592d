//! The HTTP trigger.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{Host, Manifest, agent};

fn three_routes() -> Manifest {
    Manifest::new("version = \"1.2.3\"")
        .component("root", "environment = { NAME = \"root\" }")
        .component("api", "environment = { NAME = \"api\" }")
        .component("hidden", "environment = { NAME = \"hidden\" }")
        .route("\"/...\"", "root")
        .route("\"/env/...\"", "api")
        .route("\"/users/:id/...\"", "api")
        .route("{ private = true }", "hidden")
}

#[test]
fn the_longest_route_wins_and_private_routes_are_hidden() {
    let host = Host::start(&three_routes());
    assert_eq!(host.get("/env/NAME"), (200, "api".into()));
    assert_eq!(host.get("/other").0, 200);
    let only_api = Manifest::new("")
        .component("api", "")
        .component("hidden", "")
        .route("\"/env\"", "api")
        .route("{ private = true }", "hidden");
    let host = Host::start(&only_api);
    for (path, status) in [
        ("/env", 200),
        ("/env/NAME", 404),
        ("/hidden", 404),
        ("/", 404),
    ] {
        assert_eq!(host.get(path).0, status, "{path}");
    }
}

#[test]
fn requests_carry_spins_headers() {
    let host = Host::start(&three_routes().route("\"/headers\"", "root"));
    let mut response = agent()
        .get(host.url("/headers?a=b"))
        .header("x-mine", "kept")
        .header("connection", "close")
        .call()
        .unwrap();
    let body = response.body_mut().read_to_string().unwrap();
    let expected = [
        ("spin-full-url", host.url("/headers?a=b")),
        ("spin-path-info", String::new()),
        ("spin-matched-route", "/headers".into()),
        ("spin-raw-component-route", "/headers".into()),
        ("spin-component-route", "/headers".into()),
        ("spin-base-path", "/".into()),
        ("x-mine", "kept".into()),
    ];
    for (name, value) in expected {
        assert!(
            body.contains(&format!("{name}: {value}\n")),
            "{name} in {body}"
        );
    }
    assert!(body.contains("spin-client-addr: 127.0.0.1:"), "{body}");
    assert!(!body.contains("connection:"), "{body}");
}

#[test]
fn clients_cannot_forge_spins_headers() {
    differs_on_spin!("Spin appends its value to the client's header.");
    let host = Host::start(&Manifest::guest("", ""));
    let mut response = agent()
        .get(host.url("/headers"))
        .header("spin-client-addr", "10.0.0.1:1")
        .call()
        .unwrap();
    let body = response.body_mut().read_to_string().unwrap();
    assert_eq!(body.matches("spin-client-addr").count(), 1, "{body}");
    assert!(!body.contains("10.0.0.1"), "{body}");
}

#[test]
fn path_parameters_reach_the_guest() {
    let host = Host::start(&Manifest::guest("", "").route("\"/headers/:id/x/...\"", "guest"));
    let (_, body) = host.get("/headers/42/x/rest/of/it");
    assert!(body.contains("spin-path-match-id: 42\n"), "{body}");
    assert!(body.contains("spin-path-info: /rest/of/it\n"), "{body}");
    assert!(
        body.contains("spin-component-route: /headers/:id/x\n"),
        "{body}"
    );
}

#[test]
fn request_and_response_bodies_stream() {
    let host = Host::start(&Manifest::guest("", ""));
    let large = "0123456789abcdef".repeat(500_000);
    assert_eq!(host.post("/echo", &large), (200, large));

    let start = Instant::now();
    let mut body = agent()
        .get(host.url("/drip"))
        .call()
        .unwrap()
        .into_body()
        .into_reader();
    let mut first = [0; 7];
    body.read_exact(&mut first).unwrap();
    let until_first = start.elapsed();
    let mut rest = String::new();
    body.read_to_string(&mut rest).unwrap();
    assert_eq!(
        (first.as_slice(), rest.as_str()),
        (&b"drip 0\n"[..], "drip 1\ndrip 2\n")
    );
    assert!(
        start.elapsed() - until_first > Duration::from_millis(300),
        "the body came all at once"
    );
}

#[test]
fn the_second_write_of_a_response_is_not_delayed() {
    differs_on_spin!("Spin does not set TCP_NODELAY.");
    let host = Host::start(&Manifest::guest("", ""));
    let mut stream = TcpStream::connect(&host.address).unwrap();
    let mut times: Vec<_> = (0..11)
        .map(|_| {
            let start = Instant::now();
            stream
                .write_all(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi")
                .unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"0\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                answer.extend(byte);
            }
            start.elapsed()
        })
        .collect();
    times.sort();
    assert!(times[5] < Duration::from_millis(30), "{times:?}");
}

#[test]
fn a_failing_guest_gives_500_and_affects_no_other() {
    let host = Host::start(&Manifest::guest("", ""));
    for path in ["/trap", "/silent", "/trap"] {
        assert_eq!(host.get(path).0, 500, "{path}");
        assert_eq!(host.get("/fine").0, 200);
    }
}

#[test]
fn endless_loops_do_not_block_other_requests() {
    differs_on_spin!("Spin does not interrupt guests, so a loop keeps its thread.");
    let host = Host::start(&Manifest::guest("", ""));
    // More than the runtime has threads.
    let stuck: Vec<_> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(&host.address).unwrap();
            stream
                .write_all(b"GET /loop HTTP/1.1\r\nhost: x\r\n\r\n")
                .unwrap();
            stream
        })
        .collect();
    assert_eq!(host.get("/fine").0, 200);
    drop(stuck);
}

#[test]
fn the_runtime_has_health_and_info_routes() {
    let host = Host::start(&three_routes());
    assert_eq!(host.get("/.well-known/spin/health"), (200, "OK".into()));
    let (status, body) = host.get("/.well-known/spin/info");
    assert_eq!(status, 200);
    let info: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        info,
        serde_json::json!({ "name": "test", "version": "1.2.3" })
    );
    assert_eq!(host.get("/.well-known/spin/other").0, 404);
}
