//! Periodic health checks of the components with a Redis trigger.
//!
//! Redis drops a message that is published while nobody is subscribed. The `/healthz` of
//! such a component therefore also notifies its own channel when work is due. On
//! Kubernetes a probe calls it; here the host does.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use http_body_util::{BodyExt, Empty};

use crate::app::App;
use crate::http_server::answer;

/// A check that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Calls the health route of each such component every `interval`, forever.
pub async fn tick(app: Arc<App>, own: SocketAddr, interval: Duration) {
    let mut checks: Vec<(String, bool)> = health_paths(&app)
        .into_iter()
        .map(|path| (path, true))
        .collect();
    if checks.is_empty() {
        return;
    }
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for (path, was_healthy) in &mut checks {
            let healthy = check(&app, own, path).await;
            match (*was_healthy, healthy) {
                (true, false) => tracing::warn!("health check {path} fails"),
                (false, true) => tracing::info!("health check {path} passes again"),
                _ => {}
            }
            *was_healthy = healthy;
        }
    }
}

/// `/<prefix>/healthz` for each Redis-triggered component with a route `/<prefix>/...`.
fn health_paths(app: &App) -> Vec<String> {
    app.router
        .iter()
        .filter(|(_, component)| {
            app.components
                .get(*component)
                .is_some_and(|c| c.redis.is_some())
        })
        .filter_map(|(route, _)| {
            route
                .strip_suffix("/...")
                .map(|prefix| format!("{prefix}/healthz"))
        })
        .collect()
}

async fn check(app: &Arc<App>, own: SocketAddr, path: &str) -> bool {
    let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
    let request = Request::get(path)
        .header(http::header::HOST, own.to_string())
        .body(body);
    let Ok(request) = request else { return false };
    let client = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let done = async {
        let (_, response) = answer(app, request, client).await;
        let success = response.status().is_success();
        // The guest may be blocked until its body is read.
        success && response.into_body().collect().await.is_ok()
    };
    tokio::time::timeout(TIMEOUT, done).await.unwrap_or(false)
}
