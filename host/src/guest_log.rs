//! The output of guests: each line goes to the log, labelled with its component.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// Longer lines are split, so that a guest that never ends its line cannot fill the host's
/// memory.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// How many bytes a guest may write at once.
const WRITE_BUDGET: usize = 64 * 1024;

/// The standard output or error of one guest instance.
#[derive(Clone)]
pub struct GuestLog(Arc<Lines>);

struct Lines {
    component: Arc<str>,
    partial: Mutex<Vec<u8>>,
}

impl GuestLog {
    /// For an instance of `component`.
    pub fn new(component: Arc<str>) -> Self {
        Self(Arc::new(Lines {
            component,
            partial: Mutex::default(),
        }))
    }

    fn append(&self, bytes: &[u8]) {
        let mut partial = self
            .0
            .partial
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            if *byte != b'\n' {
                partial.push(*byte);
            }
            if *byte == b'\n' || partial.len() >= MAX_LINE_BYTES {
                log(&self.0.component, &partial);
                partial.clear();
            }
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let partial = self
            .partial
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if !partial.is_empty() {
            log(&self.component, partial);
        }
    }
}

/// Logs a line without control characters, which could forge other lines.
fn log(component: &str, line: &[u8]) {
    let line = String::from_utf8_lossy(line);
    let line = line
        .trim_end()
        .replace(|c: char| c.is_control() && c != '\t', "\u{fffd}");
    tracing::info!(target: "guest", component, "{line}");
}

impl IsTerminal for GuestLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only WASI 0.3 uses this, which this host does not link.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for GuestLog {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        self.append(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BUDGET)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for GuestLog {
    async fn ready(&mut self) {}
}
