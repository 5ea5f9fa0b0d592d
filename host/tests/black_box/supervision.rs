//! Supervision: shutdown, health checks, memory, and the log.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{Host, Manifest, Redis, wait_for};

/// A guest with an HTTP and a Redis trigger.
fn with_both_triggers(redis: &Redis) -> Manifest {
    Manifest::new(&format!(
        "[variables]\nredis = {{ default = {:?} }}",
        redis.url()
    ))
    .component(
        "guest",
        "allowed_outbound_hosts = [\"{{ redis }}\"]\nvariables = { redis = \"{{ redis }}\" }",
    )
    .route("\"/...\"", "guest")
    .channel("{{ redis }}", "c", "guest")
}

#[test]
fn shutdown_waits_for_requests_and_messages() {
    differs_on_spin!("SIGTERM ends Spin at once and cuts off requests in flight.");
    let redis = Redis::start();
    let mut host = Host::start(&with_both_triggers(&redis));
    let mut drip = TcpStream::connect(&host.address).unwrap();
    drip.write_all(b"GET /drip HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut first = [0; 12];
    drip.read_exact(&mut first).unwrap();
    // The response is complete at once, but the guest works on.
    let mut after = TcpStream::connect(&host.address).unwrap();
    after
        .write_all(b"GET /after HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    after.read_exact(&mut first).unwrap();
    redis.publish("c", "work 500 message");
    std::thread::sleep(Duration::from_millis(100));
    let idle = TcpStream::connect(&host.address).unwrap();

    host.signal("-TERM");
    let mut rest = String::new();
    drip.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("drip 2"), "{rest}");
    assert!(host.wait().success());
    let mut seen = redis.seen();
    seen.sort();
    assert_eq!(seen, ["after", "message"]);
    assert!(TcpStream::connect(&host.address).is_err());
    drop(idle);
}

#[test]
fn shutdown_does_not_wait_forever() {
    host_feature!("Spin does not drain, so there is nothing to give up.");
    let mut host = Host::start(&Manifest::guest("", ""));
    let mut stuck = TcpStream::connect(&host.address).unwrap();
    stuck
        .write_all(b"GET /loop HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    host.signal("-INT");
    assert!(host.wait().success());
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
    assert!(host.log().contains("gave up waiting"), "{}", host.log());
}

#[test]
fn components_with_a_redis_trigger_get_health_checks() {
    host_feature!("Spin calls no health checks; Kubernetes does.");
    let redis = Redis::start();
    let host = Host::start_with(
        &with_both_triggers(&redis),
        &["--health-interval", "1"],
        &[],
    );
    wait_for("two health checks", || {
        (redis.seen().len() >= 2).then_some(())
    });
    assert_eq!(redis.seen()[..2], ["health", "health"]);
    drop(redis);
    wait_for("a failing check", || {
        host.log()
            .contains("health check /healthz fails")
            .then_some(())
    });
}

#[test]
fn peak_memory_is_reported() {
    host_feature!("Spin has no such flag.");
    let mut host = Host::start_with(&Manifest::guest("", ""), &["--report-memory"], &[]);
    assert_eq!(host.get("/alloc/20"), (200, (20 << 20).to_string()));
    assert_eq!(host.get("/alloc/1").0, 200);
    let reported = |log: &str| -> Option<u64> {
        log.lines().find_map(|l| {
            l.strip_prefix("peak-memory component=guest bytes=")?
                .parse()
                .ok()
        })
    };
    host.signal("-USR1");
    let bytes = wait_for("the report", || reported(&host.log()));
    assert!((20 << 20..24 << 20).contains(&bytes), "{bytes}");
    host.signal("-TERM");
    host.wait();
    assert_eq!(
        host.log().matches("peak-memory").count(),
        2,
        "{}",
        host.log()
    );
}

#[test]
fn memory_is_limited() {
    let args = ["--max-instance-memory", "10000000"];
    let host = Host::start_with(&Manifest::guest("", ""), &args, &[]);
    assert_eq!(host.get("/alloc/4").0, 200);
    assert_eq!(host.get("/alloc/20").0, 500);
    assert_eq!(host.get("/alloc/4").0, 200);
}

#[test]
fn the_log_has_requests_and_guest_output_but_no_secrets() {
    host_feature!("The check is about the format of the host's log.");
    let manifest = Manifest::guest(
        "[variables]\npassword = { required = true, secret = true }",
        "variables = { password = \"{{ password }}\" }",
    );
    let host = Host::start_with(
        &manifest,
        &["--variable", "password=hunter2"],
        &[("RUST_LOG", "debug")],
    );
    host.get("/print?token=hunter2");
    host.get("/variable/password");
    let log = host.log();
    for part in [
        " INFO guest this is stdout\n",
        " INFO guest and more\n",
        " INFO guest this is stderr without an end of line\n",
        " INFO guest GET /print 200 ",
    ] {
        assert!(log.contains(part), "{part:?} in {log}");
    }
    assert!(!log.contains("hunter2"), "{log}");
}
