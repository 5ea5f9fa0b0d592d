//! Requests byte by byte, for input that a well-behaved client would not send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Ends a hang; does not measure speed.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A connection to the app.
#[derive(Debug)]
pub struct Raw(TcpStream);

impl Raw {
    /// Connects to `127.0.0.1:PORT`.
    pub fn connect(host: &str) -> Self {
        Self::try_connect(host).expect("the app takes connections")
    }

    /// [`Raw::connect`] to a server that may be down.
    ///
    /// # Errors
    /// If nobody listens.
    pub fn try_connect(host: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self(stream))
    }

    /// Sends the header of a POST. The test sends the body.
    pub fn post(&mut self, path: &str, headers: &[(&str, &str)]) {
        let host = self.0.peer_addr().expect("connected");
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        assert!(
            self.send(head.as_bytes()),
            "the app closed the connection before the request was sent"
        );
    }

    /// Sends bytes. Returns whether the connection is still open.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// Sends one chunk of a chunked body; an empty chunk ends the body.
    pub fn send_chunk(&mut self, bytes: &[u8]) -> bool {
        let head = format!("{:x}\r\n", bytes.len());
        self.send(&[head.as_bytes(), bytes, b"\r\n"].concat())
    }

    /// Reads until the connection is closed. Errors are ignored: a server that stops
    /// reading an upload may reset the connection after its response.
    pub fn answer(mut self) -> String {
        let mut answer = Vec::new();
        let _ = self.0.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}
