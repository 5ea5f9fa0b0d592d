//! The Redis trigger.

use std::time::{Duration, Instant};

use crate::support::{Host, Manifest, Redis, wait_for};

/// A guest on channel `c` that records its messages.
fn recording(redis: &Redis) -> Manifest {
    guest(redis).channel("{{ redis }}", "c", "guest")
}

fn guest(redis: &Redis) -> Manifest {
    Manifest::guest(
        &format!("[variables]\nredis = {{ default = {:?} }}", redis.url()),
        "allowed_outbound_hosts = [\"{{ redis }}\"]\nvariables = { redis = \"{{ redis }}\" }",
    )
}

#[test]
fn one_component_handles_both_http_and_messages() {
    let redis = Redis::start();
    let host = Host::start(&recording(&redis));
    redis.wait_for_subscribers(&["c"]);
    assert_eq!(redis.publish("c", "record one"), 1);
    assert_eq!(redis.publish("other", "record two"), 0);
    redis.wait_until_seen(&["one"]);
    assert_eq!(host.get("/fine").0, 200);
}

#[test]
fn a_failing_handler_loses_only_its_message() {
    let redis = Redis::start();
    let host = Host::start(&recording(&redis));
    redis.wait_for_subscribers(&["c"]);
    for message in ["record 1", "trap", "fail", "nonsense", "record 2"] {
        redis.publish("c", message);
    }
    redis.wait_until_seen(&["1", "2"]);
    assert_eq!(host.get("/fine").0, 200);
}

#[test]
fn messages_of_one_address_are_handled_one_by_one() {
    let redis = Redis::start();
    let host = Host::start(&recording(&redis).channel("{{ redis }}", "d", "guest"));
    redis.wait_for_subscribers(&["c", "d"]);
    redis.publish("c", "work 600 slow");
    redis.publish("d", "record fast");
    redis.wait_until_seen(&["slow", "fast"]);
    drop(host);
}

#[test]
fn two_address_strings_are_handled_in_parallel() {
    differs_on_spin!("Spin does not interrupt guests, so a computation may delay the other.");
    let redis = Redis::start();
    let manifest = guest(&redis)
        .channel("{{ redis }}/0", "c", "guest")
        .channel("{{ redis }}/1", "d", "guest");
    let host = Host::start(&manifest);
    redis.wait_for_subscribers(&["c", "d"]);
    redis.publish("c", "work 1500 slow");
    redis.publish("d", "record fast");
    redis.wait_until_seen(&["fast", "slow"]);
    drop(host);
}

#[test]
fn a_long_computation_does_not_delay_http() {
    let redis = Redis::start();
    let host = Host::start(&recording(&redis));
    redis.wait_for_subscribers(&["c"]);
    redis.publish("c", "work 1500 done");
    for _ in 0..20 {
        let start = Instant::now();
        assert_eq!(host.get("/fine").0, 200);
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{:?}",
            start.elapsed()
        );
    }
    redis.wait_until_seen(&["done"]);
}

#[test]
fn the_app_can_set_the_default_address() {
    let redis = Redis::start();
    let manifest = Manifest::new(&format!(
        "[application.trigger.redis]\naddress = {0:?}\n[variables]\nredis = {{ default = {0:?} }}\n\
         [[trigger.redis]]\nchannel = \"c\"\ncomponent = \"guest\"",
        redis.url()
    ))
    .component(
        "guest",
        "allowed_outbound_hosts = [\"{{ redis }}\"]\nvariables = { redis = \"{{ redis }}\" }",
    );
    let host = Host::start(&manifest);
    redis.wait_for_subscribers(&["c"]);
    redis.publish("c", "record one");
    redis.wait_until_seen(&["one"]);
    drop(host);
}

#[test]
fn an_app_without_http_triggers_has_a_health_route() {
    differs_on_spin!("Spin listens for HTTP only if there is an HTTP trigger.");
    let redis = Redis::start();
    let manifest = Manifest::new("")
        .component("guest", "")
        .channel(&redis.url(), "c", "guest");
    let host = Host::start(&manifest);
    assert_eq!(host.get("/.well-known/spin/health").0, 200);
}

#[test]
fn a_lost_redis_connection_is_restored() {
    differs_on_spin!("Spin exits, with all triggers, when its connection to Redis is lost.");
    let redis = Redis::start();
    let host = Host::start(&recording(&redis));
    let port = redis.port;
    drop(redis);
    wait_for("the loss to be noticed", || {
        host.log().contains("lost the connection").then_some(())
    });
    assert_eq!(host.get("/fine").0, 200);
    let redis = Redis::start_at(port);
    wait_for("the subscription", || {
        (redis.publish("c", "record back") == 1).then_some(())
    });
    redis.wait_until_seen(&["back"]);
}

#[test]
fn an_app_starts_while_redis_is_down() {
    differs_on_spin!("Spin does not start without Redis.");
    let redis = Redis::start();
    let manifest = recording(&redis);
    let port = redis.port;
    drop(redis);
    let host = Host::start(&manifest);
    assert_eq!(host.get("/fine").0, 200);
    let redis = Redis::start_at(port);
    wait_for("the subscription", || {
        (redis.publish("c", "record late") == 1).then_some(())
    });
    redis.wait_until_seen(&["late"]);
}
