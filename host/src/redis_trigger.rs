//! The Redis trigger: one serial subscriber per address string. It reconnects when Redis
//! goes away.
//!
//! Each subscriber has its own thread, so that a long computation in a handler delays
//! neither HTTP nor the handlers of other addresses.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use tokio::sync::mpsc;

use crate::app::{App, Component, Subscription};
use crate::stop::Stop;

/// The delay before reconnecting, doubled up to the maximum while Redis is down.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long connecting and subscribing may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A silent connection is checked this often: a peer that vanished sends no error.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Starts the subscriber's thread. It drops `tried` once it is subscribed or the first
/// attempt failed, and ends after its current message when `stop` is set.
pub fn spawn(
    index: usize,
    app: Arc<App>,
    stop: Stop,
    tried: mpsc::Sender<()>,
) -> std::io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name(format!("redis-{index}"))
        .spawn(move || runtime.block_on(run(&app.subscriptions[index], &app, stop, tried)))
}

async fn run(subscription: &Subscription, app: &Arc<App>, mut stop: Stop, tried: mpsc::Sender<()>) {
    let server = subscription.client.get_connection_info().addr().to_string();
    let mut tried = Some(tried);
    let mut wait = FIRST_WAIT;
    while !stop.is_set() {
        match subscribe(subscription).await {
            Ok(pubsub) => {
                let channels: Vec<_> = subscription.channels.keys().map(String::as_str).collect();
                tracing::info!("subscribed to {} on {server}", channels.join(", "));
                tried = None;
                wait = FIRST_WAIT;
                if listen(subscription, app, pubsub, &mut stop)
                    .await
                    .is_break()
                {
                    return;
                }
                tracing::warn!("lost the connection to Redis at {server}; reconnecting");
            }
            Err(error) => {
                tracing::warn!("cannot subscribe at Redis {server}: {error}; trying again");
                tried = None;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
            () = stop.wait() => return,
        }
    }
    drop(tried);
}

async fn subscribe(subscription: &Subscription) -> redis::RedisResult<redis::aio::PubSub> {
    let attempt = async {
        let mut pubsub = subscription.client.get_async_pubsub().await?;
        for channel in subscription.channels.keys() {
            pubsub.subscribe(channel).await?;
        }
        Ok(pubsub)
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, attempt).await {
        Ok(result) => result,
        Err(_) => Err((redis::ErrorKind::Io, "timed out").into()),
    }
}

/// Handles messages one by one until the connection or the app ends.
async fn listen(
    subscription: &Subscription,
    app: &Arc<App>,
    pubsub: redis::aio::PubSub,
    stop: &mut Stop,
) -> std::ops::ControlFlow<()> {
    let (mut sink, mut messages) = pubsub.split();
    loop {
        let message = tokio::select! {
            message = messages.next() => message,
            () = tokio::time::sleep(PING_INTERVAL) => {
                match tokio::time::timeout(PING_TIMEOUT, sink.ping::<redis::Value>()).await {
                    Ok(Ok(_)) => continue,
                    _ => return std::ops::ControlFlow::Continue(()),
                }
            }
            () = stop.wait() => return std::ops::ControlFlow::Break(()),
        };
        let Some(message) = message else {
            return std::ops::ControlFlow::Continue(());
        };
        let components = subscription.channels.get(message.get_channel_name());
        let payload = message.get_payload_bytes();
        join_all(
            components
                .into_iter()
                .flatten()
                .map(|component| handle(app, component, payload)),
        )
        .await;
        if stop.is_set() {
            return std::ops::ControlFlow::Break(());
        }
    }
}

/// Passes one message to a new instance. Errors are only logged, as in Spin.
async fn handle(app: &Arc<App>, component: &Arc<Component>, payload: &[u8]) {
    let Some(pre) = &component.redis else { return };
    let mut store = app.store(component);
    let result = async {
        let guest = pre.instantiate_async(&mut store).await?;
        guest
            .fermyon_spin_inbound_redis()
            .call_handle_message(&mut store, payload)
            .await
    }
    .await;
    let result = result.map(|handled| {
        if handled.is_err() {
            tracing::warn!(
                component = &*component.grants.component,
                "the handler returned an error"
            );
        }
    });
    component.log_end(result, store.data());
}
