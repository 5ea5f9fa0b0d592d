//! `GET /metrics`: for administrators and for clients with the metrics token.

use crate::request::get;
use crate::world::{METRICS_TOKEN, World};

fn status(world: &World, authorization: &str) -> u16 {
    let request = get("/metrics").header("authorization", authorization);
    request.send(world).status()
}

#[test]
fn administrators_and_the_metrics_token_may_read_them() {
    let world = World::new();
    world.add_job("ada", |_| {});
    let scraped = get("/metrics")
        .header("authorization", &format!("bearer  {METRICS_TOKEN}"))
        .send(&world);
    assert_eq!(scraped.status(), 200);
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(scraped.header("content-type"), media_type);
    assert_eq!(scraped.header("cache-control"), "no-store");
    for line in [
        "tonearm_jobs_accepted_total 1",
        "tonearm_queue_length{queue=\"video\"} 1",
        "tonearm_queue_in_flight{queue=\"video\"} 0",
    ] {
        assert!(scraped.text().lines().any(|other| other == line), "{line}");
    }
    let administrator = format!("Bearer {}", world.token("admin"));
    assert_eq!(status(&world, &administrator), 200);
    let user = format!("Bearer {}", world.token("ada"));
    assert_eq!(status(&world, &user), 404);
    for guess in [
        METRICS_TOKEN.replace('0', "1"),
        METRICS_TOKEN[1..].to_owned(),
        format!("{METRICS_TOKEN}0"),
    ] {
        assert_eq!(status(&world, &format!("Bearer {guess}")), 404, "{guess}");
    }
}

#[test]
fn a_missing_or_short_metrics_token_admits_no_one() {
    for secret in ["", "short", &METRICS_TOKEN[1..]] {
        let world = World::new();
        world.set_variable("metrics_token", secret);
        for authorization in ["Bearer ", "Bearer", "", &format!("Bearer {secret}")] {
            assert_eq!(
                status(&world, authorization),
                404,
                "{secret:?} {authorization:?}"
            );
        }
        let administrator = format!("Bearer {}", world.token("admin"));
        assert_eq!(status(&world, &administrator), 200);
    }
}
