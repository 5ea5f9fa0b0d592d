//! The life of the process: start, serve, and stop without cutting anyone off.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::app::App;
use crate::cli::Up;
use crate::load::AppError;
use crate::manifest::{Manifest, ManifestError};
use crate::runtime_config::{RuntimeConfig, RuntimeConfigError};
use crate::variables::{VariableError, Variables};
use crate::{compile, health, http_server, redis_trigger};

/// How long requests and messages under way may take to end once the host stops.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Tells tasks that the host is stopping.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Whether it is.
    pub(crate) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it is.
    pub(crate) async fn wait(&mut self) {
        // An error means that the host is gone, which is stopping too.
        _ = self.0.wait_for(|stop| *stop).await;
    }
}

/// Why the host did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The manifest is not usable.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The runtime config is not usable.
    #[error(transparent)]
    RuntimeConfig(#[from] RuntimeConfigError),
    /// The variables have no values.
    #[error(transparent)]
    Variables(#[from] VariableError),
    /// The app does not fit together.
    #[error(transparent)]
    App(#[from] AppError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The components cannot be compiled, as the process that tried has said.
    #[error("the components cannot be compiled")]
    NotCompiled,
    /// The system has no threads or signals for us.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// Starts the app and serves until SIGINT or SIGTERM.
///
/// # Errors
/// If the app cannot be started; once it is, nothing stops it but a signal.
pub fn up(options: &Up) -> Result<(), StartError> {
    let (manifest, dir) = Manifest::open(&options.from, &options.component_ids)?;
    let variables = Variables::resolve(&manifest.variables, &options.variables, |name| {
        std::env::var(name).ok()
    })?;
    let file = options.runtime_config_file.as_deref();
    let mut config = RuntimeConfig::load(file, options.state_dir.clone(), &dir)?;
    config.max_instance_memory = options.max_instance_memory.or(config.max_instance_memory);

    let code = compile::apart(options, &config.state_dir)?;

    let (busy, idle) = mpsc::channel(1);
    let app = Arc::new(App::load(&manifest, &code, &variables, &config, busy)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(app.clone(), options, idle));
    if options.report_memory {
        app.report_memory();
    }
    // What the limit cut off must not hold up the process's end.
    runtime.shutdown_background();
    result
}

async fn serve(
    app: Arc<App>,
    options: &Up,
    mut idle: mpsc::Receiver<()>,
) -> Result<(), StartError> {
    // Signals first, so that one that comes early is not lost.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    report_on_signal(app.clone(), signal(SignalKind::user_defined1())?);
    let address = options.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Listen(address, error))?;
    let own = listener.local_addr()?;
    _ = app.local_addr.set(own);
    let (stop, stopped) = watch::channel(false);
    let stopped = Stop(stopped);
    let server = tokio::spawn(http_server::serve(listener, app.clone(), stopped.clone()));

    let (tried, mut all_tried) = mpsc::channel(1);
    let mut subscribers = Vec::new();
    for index in 0..app.subscriptions.len() {
        let thread = redis_trigger::spawn(index, app.clone(), stopped.clone(), tried.clone())?;
        subscribers.push(thread);
    }
    drop(tried);
    // Each subscriber lets go of its sender once it has tried.
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
        // The app's own sender never goes: count down to it.
        while idle.sender_strong_count() > 1 {
            tokio::select! {
                _ = idle.recv() => {}
                () = tokio::time::sleep(Duration::from_millis(10)) => {}
            }
        }
    };
    if tokio::time::timeout(DRAIN_LIMIT, drained).await.is_err() {
        tracing::warn!("gave up waiting for requests and messages under way");
    }
    Ok(())
}

/// Says on standard output where the app is; tests and scripts wait for the first line.
fn announce(app: &App, own: SocketAddr) {
    let mut out = std::io::stdout().lock();
    // Nobody may be reading, which is no reason to stop.
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
