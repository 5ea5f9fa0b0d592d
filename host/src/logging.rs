//! The log, on standard error: time, level, component, message.
//!
//! `RUST_LOG` filters it by level and target (`debug`, `info,hyper=trace`). The default is
//! `info`.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, Subscriber as Builder};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

/// Starts logging; call it once. Unless `RUST_LOG` is set, wasmtime's warnings about peers
/// that disconnected are dropped as noise.
pub fn start() {
    let asked = std::env::var("RUST_LOG").unwrap_or_default();
    let asked: Option<Targets> = asked.parse().ok().filter(|_| !asked.is_empty());
    let filter = asked.unwrap_or_else(|| {
        Targets::new()
            .with_default(Level::INFO)
            .with_target("wasmtime_wasi_http", Level::ERROR)
    });
    let log = Builder::builder()
        .with_max_level(Level::TRACE)
        .with_writer(std::io::stderr)
        .event_format(Line)
        .finish()
        .with(filter);
    // Fails only if a subscriber exists already, which then does the logging.
    _ = tracing::subscriber::set_global_default(log);
}

/// One event, one line.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        SystemTime.format_time(&mut out)?;
        let label = if fields.component.is_empty() {
            "-"
        } else {
            &fields.component
        };
        writeln!(
            out,
            " {:>5} {label} {}{}",
            event.metadata().level(),
            fields.message,
            fields.rest
        )
    }
}

#[derive(Default)]
struct Fields {
    component: String,
    message: String,
    rest: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        use fmt::Write as _;
        // Writing to a string cannot fail.
        _ = match field.name() {
            "component" => write!(self.component, "{value:?}"),
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.rest, " {name}={value:?}"),
        };
    }
}
