//! Outbound connections: a component reaches only the hosts that its manifest lists.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::{Host, Manifest, Redis};

#[test]
fn only_listed_redis_servers_are_reachable() {
    let redis = Redis::start();
    let manifest = Manifest::guest("", &format!("allowed_outbound_hosts = [{:?}]", redis.url()));
    let host = Host::start(&manifest);
    let ask = |lines: &str| host.ask("/redis", lines);
    let url = redis.url();
    assert_eq!(
        ask(&format!("{url}\nPING")),
        "RedisResult::Status(\"PONG\")"
    );
    assert_eq!(
        ask(&format!("{url}/3\nSET\nk\nv")),
        "RedisResult::Status(\"OK\")"
    );
    assert_eq!(ask(&format!("{url}/3\nGET\nk")), "\"v\"");
    assert_eq!(ask(&format!("{url}\nGET\nk")), "RedisResult::Nil");
    assert_eq!(ask(&format!("{url}\nINCR\nn")), "RedisResult::Int64(1)");
    assert!(ask(&format!("{url}\nNONSENSE")).contains("unknown command"));
    // Nested arrays come back flat.
    ask(&format!("{url}\nXADD\ns\n1-1\nfield\nvalue"));
    let flat = ask(&format!("{url}\nXRANGE\ns\n-\n+"));
    assert_eq!(flat, "\"1-1\" \"field\" \"value\"");
    // Blocking commands are not cut off.
    let start = Instant::now();
    assert_eq!(
        ask(&format!("{url}\nBLPOP\nnothing\n1")),
        "RedisResult::Nil"
    );
    assert!(start.elapsed() > Duration::from_millis(900));

    let other = Redis::start();
    assert!(ask(&format!("{}\nPING", other.url())).contains("InvalidAddress"));
    let forged = format!(
        "redis://127.0.0.1:{}@127.0.0.1:{}\nPING",
        redis.port, other.port
    );
    assert!(ask(&forged).contains("InvalidAddress"));
    assert!(ask("nonsense\nPING").contains("InvalidAddress"));
}

#[test]
fn only_listed_hosts_are_reachable_over_http() {
    let target = Host::start(&Manifest::guest("", "environment = { NAME = \"target\" }"));
    let other = Host::start(&Manifest::guest("", ""));
    let allowed = target.url("");
    let manifest = Manifest::guest(
        "[variables]\ntarget = { default = \"http://127.0.0.1:9\" }",
        "allowed_outbound_hosts = [\"{{ target }}\"]",
    );
    let host = Host::start_with(
        &manifest,
        &["--variable", &format!("target={allowed}")],
        &[],
    );
    let fetch = |url: &str| host.ask("/fetch", url);
    assert_eq!(fetch(&target.url("/env/NAME")), "200\ntarget");
    assert!(fetch(&other.url("/")).contains("HttpRequestDenied"));
    assert!(fetch("https://example.com/").contains("HttpRequestDenied"));
    assert!(fetch("http://self.alt/").contains("HttpRequestDenied"));
}

#[test]
fn a_template_that_expands_to_nothing_grants_nothing() {
    differs_on_spin!("Spin refuses such an app: set the variable's default to a host.");
    let target = Host::start(&Manifest::guest("", ""));
    let host = Host::start(&Manifest::guest(
        "[variables]\ntarget = { default = \"\" }",
        "allowed_outbound_hosts = [\"{{ target }}\"]",
    ));
    assert!(
        host.ask("/fetch", &target.url("/"))
            .contains("HttpRequestDenied")
    );
}

#[test]
fn components_call_each_other_by_name() {
    let manifest = Manifest::new("[variables]\nauth = { default = \"http://auth.spin.internal\" }")
        .component("guest", "allowed_outbound_hosts = [\"{{ auth }}\"]")
        .component("auth", "environment = { NAME = \"auth\" }")
        .component("other", "")
        .route("\"/...\"", "guest")
        .route("{ private = true }", "auth")
        .route("\"/other\"", "other");
    let host = Host::start(&manifest);
    let fetch = |url: &str| host.ask("/fetch", url);
    assert_eq!(fetch("http://auth.spin.internal/env/NAME"), "200\nauth");
    let headers = fetch("http://auth.spin.internal/headers?x=y");
    for line in [
        "spin-path-info: /headers",
        "spin-component-route: ",
        "spin-client-addr: 0.0.0.0:0",
    ] {
        assert!(
            headers.contains(&format!("{line}\n")),
            "{line} in {headers}"
        );
    }
    assert!(fetch("http://other.spin.internal/").contains("HttpRequestDenied"));
}

#[test]
fn a_trap_in_a_called_component_is_an_error_for_the_caller() {
    differs_on_spin!("Spin responds to the caller, as it does to a client.");
    let manifest = Manifest::guest(
        "",
        "allowed_outbound_hosts = [\"http://auth.spin.internal\"]",
    )
    .component("auth", "")
    .route("{ private = true }", "auth");
    let answer = Host::start(&manifest).ask("/fetch", "http://auth.spin.internal/trap");
    assert!(answer.starts_with("error"), "{answer}");
}

#[test]
fn a_called_component_receives_the_url_of_the_call() {
    differs_on_spin!("Spin replaces the component's name by `localhost`.");
    let manifest = Manifest::guest(
        "",
        "allowed_outbound_hosts = [\"http://auth.spin.internal\"]",
    )
    .component("auth", "")
    .route("{ private = true }", "auth");
    let headers = Host::start(&manifest).ask("/fetch", "http://auth.spin.internal/headers?x=y");
    let expected = "spin-full-url: http://auth.spin.internal/headers?x=y\n";
    assert!(headers.contains(expected), "{headers}");
}

#[test]
fn a_component_can_call_its_own_app() {
    let manifest = Manifest::guest("", "allowed_outbound_hosts = [\"http://self\"]")
        .component("other", "environment = { NAME = \"other\" }")
        .route("\"/env/NAME\"", "other");
    let host = Host::start(&manifest);
    assert_eq!(host.ask("/fetch", "http://self.alt/env/NAME"), "200\nother");
    assert!(
        host.ask("/fetch", &host.url("/env/NAME"))
            .contains("HttpRequestDenied")
    );
}

#[test]
fn timeouts_of_the_guest_are_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // Accepts the request, answers at most half a response, and hangs.
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let n = stream.read(&mut request).unwrap();
            if request[..n].starts_with(b"GET /head") {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
                    .unwrap();
            }
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(60));
                drop(stream);
            });
        }
    });
    let grant = format!("allowed_outbound_hosts = [{:?}]", url.replace("http", "*"));
    let host = Host::start(&Manifest::guest("", &grant));
    let tls = url.replace("http", "https");
    for url in [
        format!("{url}/nothing"),
        format!("{url}/head"),
        format!("{tls}/"),
    ] {
        let start = Instant::now();
        let answer = host.ask("/fetch", &format!("{url}\n300"));
        assert!(answer.starts_with("error"), "{answer}");
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{url} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_refused_connection_is_an_error_for_the_guest() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let grant = format!("allowed_outbound_hosts = [\"*://{free}\"]");
    let host = Host::start(&Manifest::guest("", &grant));
    assert!(
        host.ask("/fetch", &format!("http://{free}/"))
            .contains("ConnectionRefused")
    );
    assert!(
        host.ask("/redis", &format!("redis://{free}\nPING"))
            .contains("Other")
    );
}
