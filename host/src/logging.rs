//! The log, on standard error: time, level, component, message.
//!
//! `RUST_LOG` filters it as usual; by default it is `info`.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, Subscriber as Builder};
use tracing_subscriber::registry::LookupSpan;

/// What is logged where `RUST_LOG` does not say: wasmtime's own warnings about a
/// peer that went away are noise.
const DEFAULT_FILTER: &str = "info,wasmtime_wasi_http=error";

/// Starts logging; once.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| DEFAULT_FILTER.into());
    let log = Builder::builder()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .event_format(Line)
        .finish();
    // Fails only if there is a log already, which then does.
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
        // Writing to a string does not fail.
        _ = match field.name() {
            "component" => write!(self.component, "{value:?}"),
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.rest, " {name}={value:?}"),
        };
    }
}
