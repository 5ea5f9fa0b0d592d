//! The life of the process: start, serve, and shut down gracefully.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use crate::app::App;
use crate::cli::Up;
use crate::error::StartError;
use crate::manifest::Manifest;
use crate::runtime_config::RuntimeConfig;
use crate::stop::Stop;
use crate::variables::Variables;
use crate::{compile, health, http_server, redis_trigger};

/// How long requests and messages in flight may take to finish at shutdown.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Starts the app and serves until SIGINT or SIGTERM.
///
/// # Errors
/// If the app cannot be started. Once it serves, only a signal stops it.
pub fn up(options: &Up) -> Result<(), StartError> {
    let (manifest, dir) = Manifest::open(&options.from, &options.component_ids)?;
    let variables = Variables::resolve(&manifest.variables, &options.variables, |name| {
        std::env::var(name).ok()
    })?;
    let file = options.runtime_config_file.as_deref();
    let mut config = RuntimeConfig::load(file, options.state_dir.clone(), &dir)?;
    config.max_instance_memory = options.max_instance_memory.or(config.max_instance_memory);

    let code = compile::compile_in_child(options, &config.state_dir)?;

    let (busy, idle) = mpsc::channel(1);
    let app = Arc::new(App::load(&manifest, &code, &variables, &config, busy)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(app.clone(), options, idle));
    if options.report_memory {
        app.report_memory();
    }
    // Tasks that outlived the drain limit must not delay the exit.
    runtime.shutdown_background();
    result
}

async fn serve(
    app: Arc<App>,
    options: &Up,
    mut idle: mpsc::Receiver<()>,
) -> Result<(), StartError> {
    // Install the handlers first, so that no early signal is lost.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    report_on_signal(app.clone(), signal(SignalKind::user_defined1())?);
    let address = options.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Listen(address, error))?;
    let own = listener.local_addr()?;
    _ = app.local_addr.set(own);
    let (stop, stopped) = Stop::channel();
    let server = tokio::spawn(http_server::serve(listener, app.clone(), stopped.clone()));

    let (tried, mut all_tried) = mpsc::channel(1);
    let mut subscribers = Vec::new();
    for index in 0..app.subscriptions.len() {
        let thread = redis_trigger::spawn(index, app.clone(), stopped.clone(), tried.clone())?;
        subscribers.push(thread);
    }
    drop(tried);
    // Each subscriber drops its sender after its first attempt.
    tokio::select! {
        _ = all_tried.recv() => announce(&app, own),
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    let ticks = match options.health_interval {
        0 => None,
        seconds => Some(tokio::spawn(health::tick(
            app.clone(),
            own,
            Duration::from_secs(seconds),
        ))),
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    _ = stop.send(true);
    if let Some(ticks) = ticks {
        ticks.abort();
    }
    let drained = async {
        _ = server.await;
        _ = tokio::task::spawn_blocking(|| subscribers.into_iter().for_each(|s| _ = s.join()))
            .await;
        // The app itself keeps one sender.
        while idle.sender_strong_count() > 1 {
            tokio::select! {
                _ = idle.recv() => {}
                () = tokio::time::sleep(Duration::from_millis(10)) => {}
            }
        }
    };
    if tokio::time::timeout(DRAIN_LIMIT, drained).await.is_err() {
        tracing::warn!("gave up waiting for requests and messages in flight");
    }
    Ok(())
}

/// Prints the app's addresses to standard output; tests and scripts wait for the first
/// line.
fn announce(app: &App, own: SocketAddr) {
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason to stop.
    _ = writeln!(out, "Serving http://{own}");
    for (route, component) in app.router.iter() {
        _ = writeln!(out, "  {component}: http://{own}{route}");
    }
    _ = out.flush();
}

fn report_on_signal(app: Arc<App>, mut signal: Signal) {
    tokio::spawn(async move {
        while signal.recv().await.is_some() {
            app.report_memory();
        }
    });
}
